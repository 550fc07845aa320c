/* SPDX-License-Identifier: Apache-2.0
   A C client: the structures, and lpVtbl where an interface is called. */
#include <mapidefs.h>
#include <mapiutil.h>
#include <mapix.h>
#include <windows.h>

#include <stdio.h>

#ifndef PR_ENTRYID
#include <mapitags.h>
#endif

/* Never called with a real table: it shows that C sees the methods. */
HRESULT count_rows(LPMAPITABLE table, ULONG* count) {
  return table->lpVtbl->GetRowCount(table, 0, count);
}

int main(void) {
  SizedSPropTagArray(2, columns) = {2, {PR_ENTRYID, PR_OBJECT_TYPE}};
  if (columns.cValues != 2 || PROP_TYPE(columns.aulPropTag[0]) != PT_BINARY) return 10;
#ifdef HAVE_LIBMAPI
  {
    void* block = NULL;
    if (MAPIAllocateBuffer(100, &block) != S_OK || block == NULL) return 1;
    if (MAPIFreeBuffer(block) != S_OK) return 2;
  }
#endif
  printf("client: C %ld\n", __STDC_VERSION__);
  return 0;
}
