// SPDX-License-Identifier: Apache-2.0
//
// Constants of the Exchange store interface: profile sections, replication, access rights, rules, synchronisation.
// Part of edkmdb.h and included by it; the property tags are in edkmdb_tags.h, the interfaces in edkmdb.h itself.
// Values come from data/spec/constants.tsv; macros and three integer types, so no thread rule.

#ifndef MAPIARY_EDKMDB_CONST_H
#define MAPIARY_EDKMDB_CONST_H

#include "mapidefs.h"

/* Property id ranges. Tags of one range overlap another's where the two objects can never meet. */

#define pidRenMsgFldMin 0x1080
#define pidStoreNonTransMin 0x0E40
#define pidMAPIMin 0x3000
#define pidExchangeXmitReservedMin 0x3FE0
#define pidLocalStoreInternalMin 0x6500
#define pidLocalStoreInternalMax 0x65C0
#define pidExchangeNonXmitReservedMin 0x65E0
#define pidProfileMin 0x6600
#define pidStoreMin 0x6618
#define pidFolderMin 0x6638
#define pidMessageReadOnlyMin 0x6640
#define pidMessageWriteableMin 0x6658
#define pidAttachReadOnlyMin 0x666C
#define pidSpecialMin 0x6670
#define pidAdminMin 0x6690
#define pidSecureProfileMin 0x67F0

/* Ranges inside the local store's internal ids. */
#define pidLISMsgFolderPropMin 0x65A0
#define pidLISMsgFolderPropMax 0x65C0
#define pidLISErrorCodeMin 0x65AA
#define pidLISErrorCodeMax 0x65B0
#define pidLISInterfacePropMin 0x65D0
#define pidLISInterfacePropMax 0x65E0

/* Profile sections -------------------------------------------------------- */

/* Name of the section the providers of one Exchange service share; the bytes of a MAPIUID. */
#define pbGlobalProfileSectionGuid "\x13\xDB\xB0\xC8\xAA\x05\x10\x1A\x9B\xB0\x00\xAA\x00\x2F\xC4\x5A"

/* PR_PROFILE_VERSION */
#define PROFILE_VERSION ((ULONG)0x0501)

/* PR_PROFILE_CONFIG_FLAGS */
#define CONFIG_SERVICE ((ULONG)0x00000001)
#define CONFIG_SHOW_STARTUP_UI ((ULONG)0x00000002)
#define CONFIG_SHOW_CONNECT_UI ((ULONG)0x00000004)
#define CONFIG_PROMPT_FOR_CREDENTIALS ((ULONG)0x00000008)
#define CONFIG_NO_AUTO_DETECT ((ULONG)0x00000010)
#define CONFIG_OST_CACHE_ONLY ((ULONG)0x00000020)

/* PR_PROFILE_CONNECT_FLAGS */
#define CONNECT_USE_ADMIN_PRIVILEGE ((ULONG)0x00000001)
#define CONNECT_NO_RPC_ENCRYPTION ((ULONG)0x00000002)
#define CONNECT_USE_SEPARATE_CONNECTION ((ULONG)0x00000004)
#define CONNECT_NO_UNDER_COVER_CONNECTION ((ULONG)0x00000008)
#define CONNECT_ANONYMOUS_ACCESS ((ULONG)0x00000010)
#define CONNECT_NO_NOTIFICATIONS ((ULONG)0x00000020)
#define CONNECT_NO_TABLE_NOTIFICATIONS ((ULONG)32)
#define CONNECT_NO_ADDRESS_RESOLUTION ((ULONG)0x00000040)
#define CONNECT_RESTORE_DATABASE ((ULONG)0x00000080)

/* PR_PROFILE_TRANSPORT_FLAGS */
#define TRANSPORT_DOWNLOAD ((ULONG)0x00000001)
#define TRANSPORT_UPLOAD ((ULONG)0x00000002)

/* PR_PROFILE_OPEN_FLAGS */
#define OPENSTORE_USE_ADMIN_PRIVILEGE ((ULONG)0x00000001)
#define OPENSTORE_PUBLIC ((ULONG)0x00000002)
#define OPENSTORE_HOME_LOGON ((ULONG)0x00000004)
#define OPENSTORE_TAKE_OWNERSHIP ((ULONG)0x00000008)
#define OPENSTORE_OVERRIDE_HOME_MDB ((ULONG)0x00000010)
#define OPENSTORE_TRANSPORT ((ULONG)0x00000020)
#define OPENSTORE_REMOTE_TRANSPORT ((ULONG)0x00000040)
#define OPENSTORE_INTERNET_ANONYMOUS ((ULONG)0x00000080)
#define OPENSTORE_ALTERNATE_SERVER ((ULONG)0x00000100)
#define OPENSTORE_IGNORE_HOME_MDB ((ULONG)0x00000200)
#define OPENSTORE_NO_MAIL ((ULONG)0x00000400)
#define OPENSTORE_OVERRIDE_LAST_MODIFIER ((ULONG)0x00000800)
#define OPENSTORE_CALLBACK_LOGON ((ULONG)0x00001000)
#define OPENSTORE_LOCAL ((ULONG)0x00002000)
#define OPENSTORE_FAIL_IF_NO_MAILBOX ((ULONG)0x00004000)
#define OPENSTORE_CACHE_EXCHANGE ((ULONG)0x00008000)
#define OPENSTORE_CLI_WITH_NAMEDPROP_FIX ((ULONG)0x00010000)
#define OPENSTORE_ENABLE_LAZY_LOGGING ((ULONG)0x00020000)
#define OPENSTORE_CLI_WITH_REPLID_GUID_MAPPING_FIX ((ULONG)0x00040000)
#define OPENSTORE_NO_LOCALIZATION ((ULONG)0x00080000)
#define OPENSTORE_RESTORE_DATABASE ((ULONG)0x00100000)
#define OPENSTORE_XFOREST_MOVE ((ULONG)0x00200000)

/* PR_PROFILE_TYPE */
#define PROFILE_PRIMARY_USER ((ULONG)1)
#define PROFILE_DELEGATE ((ULONG)2)
#define PROFILE_PUBLIC_STORE ((ULONG)3)
#define PROFILE_SUBSCRIPTION ((ULONG)4)

/* PR_OST_ENCRYPTION */
#define OSTF_NO_ENCRYPTION ((DWORD)0x80000000)
#define OSTF_COMPRESSABLE_ENCRYPTION ((DWORD)0x40000000)
#define OSTF_BEST_ENCRYPTION ((DWORD)0x20000000)

/* PR_MDB_PROVIDER of each kind of Exchange store; the bytes of a MAPIUID. */
#define pbExchangeProviderPrimaryUserGuid "\x54\x94\xA1\xC0\x29\x7F\x10\x1B\xA5\x87\x08\x00\x2B\x2A\x25\x17"
#define pbExchangeProviderDelegateGuid "\x9E\xB4\x77\x00\x74\xE4\x11\xCE\x8C\x5E\x00\xAA\x00\x42\x54\xE2"
#define pbExchangeProviderPublicGuid "\x78\xB2\xFA\x70\xAF\xF7\x11\xCD\x9B\xC8\x00\xAA\x00\x2F\xC4\x5A"
#define pbExchangeProviderXportGuid "\xA9\x06\x40\xE0\xD6\x93\x11\xCD\xAF\x95\x00\xAA\x00\x4A\x35\xC3"
#define pbExchangeProviderLocalStoreGuid "\x2D\xE5\x6B\xA1\x64\x6E\x11\xD2\x8D\x4E\x00\xC0\x4F\xAE\x23\x71"
#define pbExchangeProviderPersistStoreGuid "\x98\xA2\x3D\x67\x62\xCF\x4D\x34\x82\x79\xDB\xFA\x6A\x50\x8B\x31"

/* Folders and messages ---------------------------------------------------- */

/* PR_REPLICATION_STYLE, its interval in minutes, and the message size limit in KB */
#define STYLE_NEVER ((ULONG)0x00000000)
#define STYLE_NORMAL ((ULONG)0x00000001)
#define STYLE_ALWAYS ((ULONG)0x00000002)
#define STYLE_DEFAULT ((ULONG)0xFFFFFFFF)
#define STYLE_ALWAYS_INTERVAL_DEFAULT ((ULONG)15)
#define REPLICATION_MESSAGE_SIZE_LIMIT_DEFAULT ((ULONG)300)

/* PR_RESOLVE_METHOD */
#define RESOLVE_METHOD_DEFAULT ((LONG)0)
#define RESOLVE_METHOD_LAST_WRITER_WINS ((LONG)0x00000001)
#define RESOLVE_METHOD_NO_CONFLICT_NOTIFICATION ((LONG)0x00000002)

/* PR_TRUST_SENDER */
#define PR_TRUST_SENDER_NO 0
#define PR_TRUST_SENDER_YES 1

/* PR_MSG_STATUS bits the store adds */
#define MSGSTATUS_IN_CONFLICT ((ULONG)0x00000800)
#define MSGSTATUS_MDNSENT ((ULONG)0x00004000)

/* How much X.400 private extension data a message carries. The high byte stays clear. */
#define ENV_BLANK ((ULONG)0)
#define ENV_RECIP_NUM ((ULONG)0x00000001)
#define ENV_MSG_EXT ((ULONG)0x00000002)
#define ENV_RECIP_EXT ((ULONG)0x00000004)
#define X400_ENV_PLAIN (ENV_BLANK)
#define X400_ENV_VALID_RECIP (ENV_RECIP_NUM | ENV_MSG_EXT)
#define X400_ENV_FULL_EXT (ENV_RECIP_NUM | ENV_MSG_EXT | ENV_RECIP_EXT)

/* PR_AUTO_RESPONSE_SUPPRESS */
#define AUTO_RESPONSE_SUPPRESS_DR ((ULONG)0x00000001)
#define AUTO_RESPONSE_SUPPRESS_NDR ((ULONG)0x00000002)
#define AUTO_RESPONSE_SUPPRESS_RN ((ULONG)0x00000004)
#define AUTO_RESPONSE_SUPPRESS_NRN ((ULONG)0x00000008)
#define AUTO_RESPONSE_SUPPRESS_OOF ((ULONG)0x00000010)
#define AUTO_RESPONSE_SUPPRESS_AUTO_REPLY ((ULONG)0x00000020)
#define AUTO_RESPONSE_SUPPRESS_NORFC821FROM ((ULONG)0x00000040)

/* Prefix of URLs that name objects by long-term folder and message ids, and its length. */
#define WSZ_URL_FLAT_FOLDER_SPACE L"/-FlatUrlSpace-/"
#define cwchUrlFlatFolderSpace 16

/* PR_RETENTION_FLAGS */
#define RETENTION_FLAGS_EXPLICIT ((ULONG)0x00000001)
#define RETENTION_FLAGS_TAG_CHANGED ((ULONG)0x00000002)
#define RETENTION_FLAGS_AUTOTAG ((ULONG)0x00000004)
#define RETENTION_FLAGS_PERSONAL ((ULONG)0x00000008)
#define RETENTION_FLAGS_EXPLICIT_ARCHIVE ((ULONG)0x00000010)

/* PR_ANTIVIRUS_SCAN_STATUS */
#define ANTIVIRUS_SCAN_NO_VIRUS 0
#define ANTIVIRUS_SCAN_VIRUS_PRESENT 0x00000001
#define ANTIVIRUS_SCAN_VIRUS_CLEANED 0x00000002
#define ANTIVIRUS_SCAN_VIRUS_DELETED 0x00000003

/* Private distribution lists */
#define PRIV_DL_HIDE_MEMBERS 0x00000001
#define PRIV_DL_REPORT_TO_ORIG 0x00000002
#define PRIV_DL_REPORT_TO_OWNER 0x00000004
#define PRIV_DL_ALLOW_OOF 0x00000008

/* PR_FOLDER_FLAGS */
#define MDB_FOLDER_IPM 0x00000001
#define MDB_FOLDER_SEARCH 0x00000002
#define MDB_FOLDER_NORMAL 0x00000004
#define MDB_FOLDER_RULES 0x00000008

/* GetPublicFolderTable: ulFlags */
#define MDB_NON_IPM 0x00000010
#define MDB_IPM 0x00000020

/* PR_STORAGE_LIMIT_INFORMATION, and the quota that means none */
#define MDB_LIMIT_BELOW 0x00000001
#define MDB_LIMIT_ISSUE_WARNING 0x00000002
#define MDB_LIMIT_PROHIBIT_SEND 0x00000004
#define MDB_LIMIT_NO_CHECK 0x00000008
#define MDB_LIMIT_DISABLED 0x00000010
#define MDB_QUOTA_NOQUOTA 0xFFFFFFFF

/* Field sizes of the trace structures, and the padding that aligns what follows. */
#define MAX_ADMD_NAME_SIZ 17
#define MAX_PRMD_NAME_SIZ 17
#define MAX_COUNTRY_NAME_SIZ 4
#define MAX_MTA_NAME_SIZ 33
#define ADMN_PAD 3
#define PRMD_PAD 3
#define COUNTRY_PAD 0
#define MTA_PAD 3
#define PRMD_PAD_FOR_ACTIONS 2
#define MTA_PAD_FOR_ACTIONS 2

/* Locks and versions ------------------------------------------------------ */

#define LOCK_NON_PERSISTENT 0x00000001
#define LOCK_BLOCKING_MID_LOCK 0x00000002
#define LOCK_NULL_RESOURCE 0x00000004
#define LOCK_READ_ACCESS_CHECK_ONLY 0x00000008
#define LOCK_WRITE_THROUGH_GOP 0x00010000
#define LOCK_RESERVED 0x80000000
#define UNLOCK_CHECKIN_ABORT 0x00000001
#define UNLOCK_CHECKIN_KEEP_LOCKED 0x00000002
#define UNLOCK_BLOCKING_MID_LOCK_ALL 0x00000004
#define UNLOCK_BLOCKING_MID_LOCK_LOGON_ONLY 0x00000008
#define UNLOCK_NULL_RESOURCE 0x00000010
#define UNLOCK_WRITE_THROUGH_GOP 0x00010000

#define wNonVersionedFolder ((WORD)0x00000000)
#define wVersionedFolderSimple ((WORD)0x00000001)
#define wVersionedFolderAuto ((WORD)0x00000002)
#define fVersionedDelete ((ULONG)0x00000001)
#define fVersionedUnDelete ((ULONG)0x00000002)
#define fVersionedPin ((ULONG)0x00000004)
#define fVersionedUnPin ((ULONG)0x00000008)
#define fVersionedMoveIn ((ULONG)0x00000010)
#define fVersionedMoveOut ((ULONG)0x00000020)

/* Flags added to calls of mapidefs.h --------------------------------------- */

/* GetContentsTable, GetHierarchyTable, OpenEntry */
#define SHOW_SOFT_DELETES ((ULONG)0x00000002)
#define SHOW_SUBFOLDERS ((ULONG)0x00000004)
/* GetTable and ModifyTable on an access control table */
#define ACLTABLE_FREEBUSY ((ULONG)0x00000002)
/* Do not set. */
#define MAPI_RESERVED1 ((ULONG)0x00010000)
/* OpenEntry on a message; SaveChanges */
#define MDB_OPEN_MSG_NO_BLOCK ((ULONG)0x00000020)
#define MDB_SAVE_MSG_UNLOCK ((ULONG)0x00000040)
/* DeleteFolder, EmptyFolder, DeleteMessages: gone at once, nothing kept for recovery */
#define DELETE_HARD_DELETE ((ULONG)0x00000010)
/* CopyMessages */
#define MESSAGE_BEST_BODY ((ULONG)0x00000010)
#define MESSAGE_SEND_ENTRYID ((ULONG)0x00000020)
/* GetHierarchyTable */
#define SUPRESS_NOTIFICATIONS_ON_MY_ACTIONS ((ULONG)0x00001000)
/* CopyTo on a store: the progress object may offer the callbacks below as well */
#define MAPI_EXTENDEDCALLBACKS ((ULONG)0x00000400)
/* Offline folders */
#define OF_AVAILABLE_OFFLINE ((ULONG)0x00000001)
#define OF_FORCE ((ULONG)0x80000000)
#define SF_DISABLE_STARTUP_SYNC ((ULONG)0x00000001)

/* Access rights ----------------------------------------------------------- */

/* PR_MEMBER_RIGHTS. frightsContact is outside rightsAll. */
typedef DWORD RIGHTS;

#define frightsReadAny 0x00000001
#define frightsCreate 0x00000002
#define frightsEditOwned 0x00000008
#define frightsDeleteOwned 0x00000010
#define frightsEditAny 0x00000020
#define frightsDeleteAny 0x00000040
#define frightsCreateSubfolder 0x00000080
#define frightsOwner 0x00000100
#define frightsContact 0x00000200
#define frightsVisible 0x00000400
#define frightsFreeBusySimple 0x00000800
#define frightsFreeBusyDetailed 0x00001000

#define rightsNone 0x00000000
#define rightsReadOnly frightsReadAny
#define rightsReadWrite (frightsReadAny | frightsEditAny)
#define rightsAll 0x000005FB

/* Mailbox rights. They live on the mailbox object, in no security descriptor. */
#define fsdpermUserDeleteMailbox 0x00010000
#define fsdpermUserMailboxOwner 0x00000001
#define fsdpermUserSendAs 0x00000002
#define fsdpermUserPrimaryUser 0x00000004
#define sdpermUserGenericRead 0x00020000
#define sdpermUserGenericExecute 0x00020000
#define sdpermUserGenericWrite 0x00030000
#define sdpermUserGenericAll 0x001F0007

/* Rights in security descriptors. A bit with two names means one thing on messages, another on folders. */
typedef DWORD SDRIGHTS;

#define fsdrightReadBody 0x00000001
#define fsdrightListContents 0x00000001
#define fsdrightWriteBody 0x00000002
#define fsdrightCreateItem 0x00000002
#define fsdrightAppendMsg 0x00000004
#define fsdrightCreateContainer 0x00000004
#define fsdrightReadProperty 0x00000008
#define fsdrightWriteProperty 0x00000010
#define fsdrightExecute 0x00000020
#define fsdrightReserved1 0x00000040
#define fsdrightReadAttributes 0x00000080
#define fsdrightWriteAttributes 0x00000100
#define fsdrightWriteOwnProperty 0x00000200
#define fsdrightDeleteOwnItem 0x00000400
#define fsdrightViewItem 0x00000800
#define fsdrightOwner 0x00004000
#define fsdrightContact 0x00008000
#define fsdrightDelete 0x00010000
#define fsdrightReadControl 0x00020000
#define fsdrightWriteSD 0x00040000
#define fsdrightWriteOwner 0x00080000
#define fsdrightSynchronize 0x00100000

#define fsdrightFreeBusySimple 0x00000001
#define fsdrightFreeBusyDetailed 0x00000002

#define sdrightsNone 0
#define sdrightsBestAccess 0x02000000
#define sdrightsReadOnly 0x80000000
#define sdrightsReadWrite 0xC0000000

/* Generic rights, for the mapping an access check takes. */
#define sdrightsGenericRead 0x00120889
#define sdrightsGenericWrite 0x001F4116
#define sdrightsGenericExecute 0x001208A0
#define sdrightsGenericAll 0x001FCFFF

/* Bits that mean anything on folders, on messages, to an owner, and those no canonical ACL depends on. */
#define sdrightsFolders 0x001FC9FF
#define sdrightsItems 0x001F0FBF
#define sdrightsFolderOwner 0x000D4110
#define sdrightsIgnored (fsdrightExecute | fsdrightAppendMsg | fsdrightContact | fsdrightReserved1)

#define msgrightsGenericRead (sdrightsGenericRead & sdrightsItems)
#define msgrightsGenericWrite (sdrightsGenericWrite & sdrightsItems)
#define msgrightsGenericExecute (sdrightsGenericExecute & sdrightsItems)
#define msgrightsGenericAll (sdrightsGenericAll & sdrightsItems)
#define fldrightsGenericRead (sdrightsGenericRead & sdrightsFolders)
#define fldrightsGenericWrite (sdrightsGenericWrite & sdrightsFolders)
#define fldrightsGenericExecute (sdrightsGenericExecute & sdrightsFolders)
#define fldrightsGenericAll (sdrightsGenericAll & sdrightsFolders)

/* In a descriptor's resource manager byte: an administrator set the descriptor on purpose. */
#define EXCHANGE_RM_SET_EXPLICIT_SD 0x00000001

/* A GUID that names a property (and a sub-property) in an object-specific access entry. */
#define GUID_PROP_ID(pguid) ((pguid)->Data1 & 0xFFFF)
#define GUID_SUB_PROP_ID(pguid) ((pguid)->Data1 >> 16 & 0xFFFF)
#define SET_GUID_PROP_ID(pguid, ptag) (pguid)->Data1 = PROP_ID(ptag)
#define SET_GUID_SUB_PROP_ID(pguid, ptag, subptag) (pguid)->Data1 = (PROP_ID(ptag) | PROP_ID(subptag) << 16)
#define PROPERTY_GUID(ptag)                          \
  {                                                  \
    PROP_ID(ptag), 0x6585, 0x11D3, {                 \
      0xB6, 0x19, 0x00, 0xAA, 0x00, 0x4B, 0x9C, 0x30 \
    }                                                \
  }
#define SUB_PROPERTY_GUID(ptag, subptag)                      \
  {                                                           \
    PROP_ID(subptag) << 16 | PROP_ID(ptag), 0x6585, 0x11D3, { \
      0xB6, 0x19, 0x00, 0xAA, 0x00, 0x4B, 0x9C, 0x30          \
    }                                                         \
  }

/*
 * PR_NT_SECURITY_DESCRIPTOR starts with a header: WORD length of all that precedes the descriptor, WORD version (odd
 * by rule), DWORD security information, then any number of property names. The descriptor itself follows.
 * The macros trust pb; check the length against the size of the property first.
 */
#define SECURITY_DESCRIPTOR_TRANSFER_VERSION 3
#define SECURITY_DESCRIPTOR_OF(pb) (((BYTE*)(pb)) + *((WORD*)(pb)))
#define SECURITY_DESCRIPTOR_VERSION(pb) (*((WORD*)((pb) + sizeof(WORD))))
#define SECURITY_INFORMATION_OF(pb) (*((DWORD*)((pb) + sizeof(WORD) + sizeof(WORD))))
#define CbSecurityDescriptorHeader(pb) (*((WORD*)(pb)))
#define FCheckSecurityDescriptorVersion(pb) (SECURITY_DESCRIPTOR_VERSION(pb) == SECURITY_DESCRIPTOR_TRANSFER_VERSION)

/* Where roles are read: the object, or the folder that is or holds it. */
typedef BYTE ROLESCOPE;

#define ROLESCOPE_OBJECT 0x00000000
#define ROLESCOPE_FOLDER 0x00000001
#define ROLESCOPE_MAX ROLESCOPE_FOLDER

/* Authority of role SIDs. */
#define SECURITY_EXCHANGE_AUTHORITY \
  { 0, 0, 0, 0, 0, 8 }

/* Rules ------------------------------------------------------------------- */

/* Property types of rule conditions and actions: Value.lpszA carries an LPSRestriction or an ACTIONS*. */
#define PT_SRESTRICTION ((ULONG)253)
#define PT_ACTIONS ((ULONG)254)

/* Types the store uses inside: data in a file by handle, by extended attribute, or computed on the fly. */
#define PT_FILE_HANDLE ((ULONG)259)
#define PT_FILE_EA ((ULONG)260)
#define PT_VIRTUAL ((ULONG)261)
#define PR_INTERNET_CONTENT_HANDLE PROP_TAG(0x0103, 0x6659)
#define PR_INTERNET_CONTENT_EA PROP_TAG(0x0104, 0x6659)
#define FVirtualProp(ptag) (PROP_TYPE(ptag) == PT_VIRTUAL)
#define FFileHandleProp(ptag) (PROP_TYPE(ptag) == PT_FILE_HANDLE || PROP_TYPE(ptag) == PT_FILE_EA)

/* PR_RULE_STATE */
#define ST_DISABLED 0
#define ST_ENABLED 0x00000001
#define ST_ERROR 0x00000002
#define ST_ONLY_WHEN_OOF 0x00000004
#define ST_KEEP_OOF_HIST 0x00000008
#define ST_EXIT_LEVEL 0x00000010
#define ST_SKIP_IF_SCL_IS_SAFE 0x00000020
#define ST_RULE_PARSE_ERROR 0x00000040
#define ST_CLEAR_OOF_HIST 0x80000000

/* A restriction type for none, and a relation for membership of a distribution list. */
#define NULL_RESTRICTION 255
#define RELOP_MEMBER_OF_DL 100

#define szProviderModeratorRule "MSFT:MR"
#define wszProviderModeratorRule L"MSFT:MR"

/* Action flavours: OP_REPLY, then OP_FORWARD */
#define DO_NOT_SEND_TO_ORIGINATOR 1
#define STOCK_REPLY_TEMPLATE 2
#define FWD_PRESERVE_SENDER 1
#define FWD_DO_NOT_MUNGE_MSG 2
#define FWD_AS_ATTACHMENT 4

/* OP_BOUNCE: scBounceCode, equal to MAPI_DIAG_* of mapidefs.h */
#define BOUNCE_MESSAGE_SIZE_TOO_LARGE ((SCODE)0x0000000D)
#define BOUNCE_FORMS_MISMATCH ((SCODE)0x0000001F)
#define BOUNCE_ACCESS_DENIED ((SCODE)0x00000026)

/* Message classes of templates, deferred messages and extended rules */
#define szReplyTemplateMsgClassPrefix "IPM.Note.Rules.ReplyTemplate."
#define szOofTemplateMsgClassPrefix "IPM.Note.Rules.OofTemplate."
#define szDamMsgClass "IPC.Microsoft Exchange 4.0.Deferred Action"
#define szDemMsgClass "IPC.Microsoft Exchange 4.0.Deferred Error"
#define szExRuleMsgClass "IPM.ExtendedRule.Message"
#define wszExRuleMsgClass L"IPM.ExtendedRule.Message"

/* ACTIONS::ulVersion */
#define EDK_RULES_VERSION 1

/* PR_RULE_ERROR */
#define RULE_ERR_UNKNOWN 1
#define RULE_ERR_LOAD 2
#define RULE_ERR_DELIVERY 3
#define RULE_ERR_PARSING 4
#define RULE_ERR_CREATE_DAE 5
#define RULE_ERR_NO_FOLDER 6
#define RULE_ERR_NO_RIGHTS 7
#define RULE_ERR_CREATE_DAM 8
#define RULE_ERR_NO_SENDAS 9
#define RULE_ERR_NO_TEMPLATE 10
#define RULE_ERR_EXECUTION 11
#define RULE_ERR_QUOTA_EXCEEDED 12
#define RULE_ERR_TOO_MANY_RECIPS 13
#define RULE_ERR_FIRST RULE_ERR_UNKNOWN
#define RULE_ERR_LAST RULE_ERR_TOO_MANY_RECIPS

/* ModifyTable: ulFlags, then ROWENTRY::ulRowFlags */
#define ROWLIST_REPLACE ((ULONG)1)
#define ROW_ADD ((ULONG)1)
#define ROW_MODIFY ((ULONG)2)
#define ROW_REMOVE ((ULONG)4)
#define ROW_EMPTY (ROW_ADD | ROW_REMOVE)

/* Transfer and synchronisation -------------------------------------------- */

/* IExchangeFastTransfer::Config: ulTransferMethod */
#define TRANSFER_COPYTO 1
#define TRANSFER_COPYPROPS 2
#define TRANSFER_COPYMESSAGES 3
#define TRANSFER_COPYFOLDER 4

/* IExchangeChangeAdviseSink::OnNotify: ulFlags */
#define ulHierChanged 0x00000001

/* Results of incremental change synchronisation */
#define MAKE_SYNC_E(err) (MAKE_SCODE(SEVERITY_ERROR, FACILITY_ITF, err))
#define MAKE_SYNC_W(warn) (MAKE_SCODE(SEVERITY_SUCCESS, FACILITY_ITF, warn))

#define SYNC_E_UNKNOWN_FLAGS ((SCODE)0x80040106)
#define SYNC_E_INVALID_PARAMETER ((SCODE)0x80070057)
#define SYNC_E_ERROR ((SCODE)0x80004005)
#define SYNC_E_OBJECT_DELETED ((SCODE)0x80040800)
#define SYNC_E_IGNORE ((SCODE)0x80040801)
#define SYNC_E_CONFLICT ((SCODE)0x80040802)
#define SYNC_E_NO_PARENT ((SCODE)0x80040803)
#define SYNC_E_CYCLE ((SCODE)0x80040804)
#define SYNC_E_UNSYNCHRONIZED ((SCODE)0x80040805)
#define SYNC_W_PROGRESS ((SCODE)0x00040820)
#define SYNC_W_CLIENT_CHANGE_NEWER ((SCODE)0x00040821)

/* Config and ImportMessageChange: ulFlags. SYNC_MSG_SELECTIVE and SYNC_DEFER_CONFIG are internal; refuse them. */
#define SYNC_UNICODE 0x00000001
#define SYNC_NO_DELETIONS 0x00000002
#define SYNC_NO_SOFT_DELETIONS 0x00000004
#define SYNC_READ_STATE 0x00000008
#define SYNC_ASSOCIATED 0x00000010
#define SYNC_NORMAL 0x00000020
#define SYNC_NO_CONFLICTS 0x00000040
#define SYNC_ONLY_SPECIFIED_PROPS 0x00000080
#define SYNC_NO_FOREIGN_KEYS 0x00000100
#define SYNC_LIMITED_IMESSAGE 0x00000200
#define SYNC_CATCHUP 0x00000400
#define SYNC_NEW_MESSAGE 0x00000800
#define SYNC_MSG_SELECTIVE 0x00001000
#define SYNC_BEST_BODY 0x00002000
#define SYNC_IGNORE_SPECIFIED_ON_ASSOCIATED 0x00004000
#define SYNC_PROGRESS_MODE 0x00008000
#define SYNC_FXRECOVERMODE 0x00010000
#define SYNC_DEFER_CONFIG 0x00040000
#define SYNC_FORCE_UNICODE 0x00040000

/* ImportMessageDeletion and ImportFolderDeletion; READSTATE::ulFlags */
#define SYNC_SOFT_DELETE 0x00000001
#define SYNC_EXPIRY 0x00000002
#define SYNC_READ 0x00000001

/* Registry names ---------------------------------------------------------- */

#define SZ_HPC_V2 "Software\\Microsoft\\Windows CE Services"
#define SZ_HPC_V2_MAJOR "MajorVersion"
#define SZ_HPC_V2_MINOR "MinorVersion"
#define SZ_HPC_V1 "Software\\Microsoft\\Pegasus"
#define SZ_HPC_V1_MAJOR "MajorVersion"
#define SZ_HPC_V1_MINOR "MinorVersion"
#define SZ_HPC_V1_0 "InstalledDir"

/* Whether this machine may have offline stores */
#define SZ_OUTL_OST_OPTIONS "Software\\Microsoft\\Office\\8.0\\Outlook\\OST"
#define SZ_NO_OST "NoOST"
#define NO_OST_FLAG_ALLOWED 0
#define NO_OST_FLAG_CACHE_ONLY 1
#define NO_OST_FLAG_NOT_ALLOWED 2
#define NO_OST_FLAG_NO_CACHE 3
#define NO_OST_DEFAULT NO_OST_FLAG_ALLOWED

#endif /* MAPIARY_EDKMDB_CONST_H */
