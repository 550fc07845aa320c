// SPDX-License-Identifier: Apache-2.0
//
// Verbs of the standard mail form and the operation map by which a form tells who carries each of them out.
// The map is a named string property, one character for each verb. Values: data/spec/constants.tsv.

#ifndef EXCHFORM_H
#define EXCHFORM_H

#include "mapidefs.h"

/* Verb numbers of interpersonal messages */
#define EXCHIVERB_OPEN 0
#define EXCHIVERB_RESERVED_COMPOSE 100
#define EXCHIVERB_RESERVED_OPEN 101
#define EXCHIVERB_REPLYTOSENDER 102
#define EXCHIVERB_REPLYTOALL 103
#define EXCHIVERB_FORWARD 104
#define EXCHIVERB_PRINT 105
#define EXCHIVERB_SAVEAS 106
#define EXCHIVERB_RESERVED_DELIVERY 107
#define EXCHIVERB_REPLYTOFOLDER 108

/* The property's name */
#define psOpMap PS_EXCHFORM
#define ulKindOpMap MNID_ID
#define lidOpMap 1
#define ptOpMap PT_STRING8

/* Index of each verb in the map */
#define ichOpMapReservedCompose 0
#define ichOpMapOpen 1
#define ichOpMapReplyToSender 2
#define ichOpMapReplyToAll 3
#define ichOpMapForward 4
#define ichOpMapPrint 5
#define ichOpMapSaveAs 6
#define ichOpMapReservedDelivery 7
#define ichOpMapReplyToFolder 8

/* Who does it */
#define chOpMapByClient '0'
#define chOpMapByForm '1'
#define chOpMapDisable '2'

#define DEFINE_EXCHFORMGUID(name, b) DEFINE_GUID(name, 0x00020D00 | (b), 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

#endif /* EXCHFORM_H */

/* Outside the guard: a second inclusion after INITGUID defines the identifier. */
#if !defined(NOEXCHFORMGUIDS) && \
    (!defined(MAPIARY_EXCHFORM_GUIDS) || (defined(INITGUID) && !defined(MAPIARY_EXCHFORM_GUIDS_DEFINED)))
#define MAPIARY_EXCHFORM_GUIDS
#ifdef INITGUID
#define MAPIARY_EXCHFORM_GUIDS_DEFINED
#include "win/guiddef.h"
#endif
DEFINE_EXCHFORMGUID(PS_EXCHFORM, 0x0C);
#endif
