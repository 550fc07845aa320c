// SPDX-License-Identifier: Apache-2.0
//
// Mail formats and messages: MIME to and from an IMessage of any store, and the files that mail lies in (.eml, mbox
// with Thunderbird's folder tree, Maildir++). Everything is streamed: memory does not depend on the size of a message.
// What was found damaged on the way is told problem by problem, with its place. Link libmapiary_convert
// (Mapiary::convert) and libmapi; docs/adr/0053 and docs/formats/mime.md say how the forms correspond.
//
// Text is UTF-8. Needs MAPIInitialize where messages are involved. Objects may be used by one thread at a time, several
// objects by several threads.
#ifndef MAPIARY_CONVERT_H
#define MAPIARY_CONVERT_H

#include <mapimime.h>
#include <mapix.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* ---- Problems. */

/* Something was repaired, and no content was lost. */
#define MAPIARY_PROBLEM_NOTE ((ULONG)0)
/* Content could not be brought over; lpszText says what. */
#define MAPIARY_PROBLEM_LOSS ((ULONG)1)

typedef struct _MAPIARYPROBLEM {
  HRESULT hr;          /* what kind: MAPI_E_CORRUPT_DATA, MAPI_E_TOO_BIG, MAPI_E_TOO_COMPLEX, MAPI_E_UNKNOWN_CPID ... */
  ULONG ulSeverity;    /* MAPIARY_PROBLEM_... */
  ULONGLONG ullOffset; /* in the MIME message or the file; 0 on the way from a message */
  LPCSTR lpszPart;     /* the MIME part, as IMAP numbers them ("2.1"); "" for the whole */
  LPCSTR lpszText;     /* one sentence for a person */
} MAPIARYPROBLEM, *LPMAPIARYPROBLEM;

/* Called during the call that got it, on its thread. The problem is valid during the call. */
typedef void(STDAPICALLTYPE MAPIARYPROBLEMSINK)(LPVOID lpvContext, const MAPIARYPROBLEM* lpProblem);
typedef MAPIARYPROBLEMSINK* LPMAPIARYPROBLEMSINK;

/* ---- MIME. */

/* The documented converter (mapimime.h). Differences from the pages: docs/adr/0053. */
STDAPI MapiaryCreateConverterSession(LPCONVERTERSESSION* lppSession);

/* Fills an empty message from the MIME message that begins where lpStream stands and ends where it ends; the caller
   saves it. A stream that can not seek is spooled first. lpfnProblem may be NULL. ulFlags: as MIMEToMAPI.
   MAPI_W_ERRORS_RETURNED: something was lost, and told. Errors are those of the stream and of the message's store. */
STDAPI MapiaryMimeToMessage(LPSTREAM lpStream, LPMESSAGE lpMessage, ULONG ulFlags, LPMAPIARYPROBLEMSINK lpfnProblem,
                            LPVOID lpvContext);

/* Writes any message as MIME, CRLF line ends, by Write alone. The same message gives the same bytes. ulFlags: as
   MAPIToMIMEStm, without CCSF_USE_TNEF; blind carbon copies are left out unless CCSF_INCLUDE_BCC. Answers as above. */
STDAPI MapiaryMessageToMime(LPMESSAGE lpMessage, LPSTREAM lpStream, ULONG ulFlags, LPMAPIARYPROBLEMSINK lpfnProblem,
                            LPVOID lpvContext);

/* ---- Files of mail. */

/* What a path holds, judged by its content, never by its name. */
#define MAPIARY_MAIL_UNKNOWN ((ULONG)0)
#define MAPIARY_MAIL_EML ((ULONG)1)       /* one message */
#define MAPIARY_MAIL_MBOX ((ULONG)2)      /* a file; with <file>.sbd beside it, Thunderbird's subfolders */
#define MAPIARY_MAIL_MAILDIR ((ULONG)3)   /* a folder with cur, new and tmp; Maildir++ subfolders .a.b */
#define MAPIARY_MAIL_MBOX_TREE ((ULONG)4) /* a folder of mbox files and .sbd folders */
#define MAPIARY_MAIL_EML_TREE ((ULONG)5)  /* a folder of .eml files and such folders */
#define MAPIARY_MAIL_MBOX_FILE ((ULONG)6) /* a file without what lies beside it; only to be asked for */
#define MAPIARY_MAIL_PST ((ULONG)0x101)   /* .pst and .ost; no mail source, but told */
#define MAPIARY_MAIL_SQLITE ((ULONG)0x102)
#define MAPIARY_MAIL_MSG ((ULONG)0x103)
#define MAPIARY_MAIL_TNEF ((ULONG)0x104)

/* Reads only what it needs, writes nothing. MAPI_E_NOT_FOUND, MAPI_E_NO_ACCESS, MAPI_E_DISK_ERROR. */
STDAPI MapiaryDetectMail(LPCSTR lpszPath, ULONG* lpulKind);

#define MAPIARY_ITEM_MESSAGE ((ULONG)0)
#define MAPIARY_ITEM_FOLDER ((ULONG)1) /* the messages and subfolders that follow lie in it; empty folders come too */

#define MAPIARY_FLAG_SEEN ((ULONG)0x01)
#define MAPIARY_FLAG_ANSWERED ((ULONG)0x02)
#define MAPIARY_FLAG_FLAGGED ((ULONG)0x04)
#define MAPIARY_FLAG_DRAFT ((ULONG)0x08)
#define MAPIARY_FLAG_DELETED ((ULONG)0x10)
#define MAPIARY_FLAG_FORWARDED ((ULONG)0x20)
#define MAPIARY_FLAG_RECENT ((ULONG)0x40) /* Maildir: it lies in new, where nobody has listed it yet */

typedef struct _MAPIARYMAILITEM {
  ULONG ulItem;      /* MAPIARY_ITEM_... */
  ULONG ulFlags;     /* MAPIARY_FLAG_..., from the file name or the Status, X-Status, X-Mozilla-Status headers */
  LPCSTR lpszFolder; /* names from the top, each followed by '/' unless it is the last; "" is the top. In a name '/' is
                        written %2F, '%' is %25, and NUL, line ends and other control characters are %XX too */
  LPCSTR lpszFile;   /* the file it lies in */
  ULONGLONG ullOffset; /* where it begins there (mbox: its From_ line) */
  ULONGLONG ullSize;   /* its bytes there, From_ line included */
  LPCSTR lpszEnvelope; /* mbox: sender of the From_ line; else "" */
  FILETIME ftReceived; /* of the From_ line, or the Maildir name; 0: unknown */
  LPCSTR lpszName;     /* Maildir: the file name without its flags; else "" */
  LPCSTR lpszKeywords; /* Maildir: names by the file dovecot-keywords, a line each; else "" or NULL */
  LPCSTR lpszLetters;  /* Maildir: the letters of keywords that have no name there; else "" or NULL */
} MAPIARYMAILITEM, *LPMAPIARYMAILITEM;

/* Items in an order that is the same in each run. */
#define MAPIARY_IMAILSOURCE_METHODS(IPURE)                       \
  MAPIMETHOD(GetKind)(THIS_ ULONG * lpulKind) IPURE;             \
  MAPIMETHOD(Next)(THIS_ const MAPIARYMAILITEM** lppItem) IPURE; \
  MAPIMETHOD(OpenMessage)(THIS_ LPSTREAM * lppStream) IPURE;     \
  MAPIMETHOD(GetProgress)(THIS_ ULONGLONG * lpullDone, ULONGLONG * lpullTotal) IPURE;
/* Next: S_FALSE at the end. The item and its texts are the source's and valid until the next call of Next. An item that
     can not be read is an error of its own, and the next call goes on behind it; *lppItem then says which it is.
   OpenMessage: the current message, read only, seekable, without From_ line and mboxrd quoting.
   GetProgress: bytes of files. */
#undef INTERFACE
#define INTERFACE IMapiaryMailSource
DECLARE_MAPI_INTERFACE_(IMapiaryMailSource, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPIARY_IMAILSOURCE_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMapiaryMailSource, LPMAPIARYMAILSOURCE);

/* ulKind: MAPIARY_MAIL_UNKNOWN detects it. Nothing is written beside the files, nothing locked. MAPI_E_NO_SUPPORT: the
   path holds no mail of these kinds. */
STDAPI MapiaryOpenMailSource(LPCSTR lpszPath, ULONG ulKind, LPMAPIARYPROBLEMSINK lpfnProblem, LPVOID lpvContext,
                             LPMAPIARYMAILSOURCE* lppSource);

/* Writes messages into mbox files or a Maildir. */
#define MAPIARY_IMAILSINK_METHODS(IPURE)                                             \
  MAPIMETHOD(CreateFolder)(THIS_ LPCSTR lpszFolder) IPURE;                           \
  MAPIMETHOD(Begin)(THIS_ const MAPIARYMAILITEM* lpItem, LPSTREAM* lppStream) IPURE; \
  MAPIMETHOD(Commit)(THIS_ const MAPIARYMAILITEM** lppWritten) IPURE;                \
  MAPIMETHOD(Discard)(THIS) IPURE;                                                   \
  MAPIMETHOD(Resume)(THIS_ LPCSTR lpszFolder, ULONGLONG ullSize) IPURE;              \
  MAPIMETHOD(Flush)(THIS) IPURE;
/* CreateFolder: no error if it is there. Folders of messages are made by themselves.
   Begin: of lpItem are used lpszFolder, ulFlags, lpszEnvelope, ftReceived, lpszName (Maildir: the name to give; ""
   makes one of time, folder position and content). The stream takes Write; it is good until Commit or Discard. One
   message at a time. Commit: the message is there whole; *lppWritten (may be NULL) says where, valid until the next
   call. Discard: as if it had never begun. Resume: the folder's mbox file is cut to ullSize, behind the last message
   known to be whole; for a Maildir, what is left in tmp is removed and ullSize is not used. Flush: what was committed
   survives loss of power. */
#undef INTERFACE
#define INTERFACE IMapiaryMailSink
DECLARE_MAPI_INTERFACE_(IMapiaryMailSink, IUnknown){MAPI_IUNKNOWN_METHODS(PURE) MAPIARY_IMAILSINK_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IMapiaryMailSink, LPMAPIARYMAILSINK);

/* ulKind: MAPIARY_MAIL_MBOX (lpszPath is a file, folders in lpszPath.sbd), MAPIARY_MAIL_MBOX_TREE (a folder that is
   made; the messages of the top go into the file Inbox), MAPIARY_MAIL_MAILDIR. What is there already stays and is added
   to. */
STDAPI MapiaryCreateMailSink(LPCSTR lpszPath, ULONG ulKind, LPMAPIARYMAILSINK* lppSink);

/* What a file says beside the message, as properties: read state, reply and forward marks, flag, keywords, time of
   receipt (unless a Received field of the message tells it). What MAPI has no property for is kept in named ones of the
   set {0E7A9C1B-6D4F-4E7B-9A53-6D6170696172}: "envelope-sender" and "file-time", where the message alone gives others,
   and "file-marks": T deleted, N recent, small letters those of keywords. Before the first SaveChanges of a new
   message. */
STDAPI MapiaryApplyMailItem(LPMESSAGE lpMessage, const MAPIARYMAILITEM* lpItem);
/* The way back: fills ulFlags, ftReceived, lpszEnvelope and lpszLetters, "" and zeros elsewhere. MAPIFreeBuffer frees
 * it. */
STDAPI MapiaryMailItemOf(LPMESSAGE lpMessage, LPMAPIARYMAILITEM* lppItem);

/* What PR_RTF_COMPRESSED says, in UTF-8: its text into lpText, and the HTML that it was made of into lpHtml; nothing is
   written there if it was made of something else. Either may be NULL. What is damaged is read as far as it goes. */
STDAPI MapiaryReadRtf(LPSTREAM lpCompressed, LPSTREAM lpText, LPSTREAM lpHtml);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* MAPIARY_CONVERT_H */
