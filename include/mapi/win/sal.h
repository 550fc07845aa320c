// SPDX-License-Identifier: Apache-2.0
// Source annotations of Microsoft's compilers, expanding to nothing so that annotated client code compiles.
// Only the _Name_ forms: the older double-underscore ones are names that standard libraries use themselves.
#ifndef MAPI_WIN_SAL_H
#define MAPI_WIN_SAL_H

#ifndef _In_
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_opt_z_
#define _Out_
#define _Out_opt_
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Check_return_
#define _Must_inspect_result_
#define _Null_terminated_
#define _Maybenull_
#define _Notnull_
#define _Printf_format_string_
#define _Pre_maybenull_
#define _Post_maybenull_
#define _Reserved_
#define _Deref_out_
#define _Deref_out_opt_
#define _Deref_out_z_
#define _Deref_inout_
#define _Deref_inout_opt_
#define _In_count_(expression)
#define _In_opt_count_(expression)
#define _In_bytecount_(expression)
#define _In_opt_bytecount_(expression)
#define _In_reads_(expression)
#define _In_reads_opt_(expression)
#define _In_reads_bytes_(expression)
#define _In_reads_bytes_opt_(expression)
#define _In_reads_z_(expression)
#define _Out_cap_(expression)
#define _Out_opt_cap_(expression)
#define _Out_z_cap_(expression)
#define _Out_bytecap_(expression)
#define _Out_opt_bytecap_(expression)
#define _Out_writes_(expression)
#define _Out_writes_opt_(expression)
#define _Out_writes_z_(expression)
#define _Out_writes_bytes_(expression)
#define _Out_writes_bytes_opt_(expression)
#define _Inout_updates_(expression)
#define _Inout_updates_opt_(expression)
#define _Inout_updates_bytes_(expression)
#define _Outptr_result_buffer_(expression)
#define _Outptr_result_bytebuffer_(expression)
#define _Pre_writable_size_(expression)
#define _Success_(expression)
#endif  // _In_

#endif  // MAPI_WIN_SAL_H
