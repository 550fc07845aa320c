#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the example mail beside it: plans.mbox (threads), letters/*.eml (one of each kind), Notes and
Notes.sbd (read, answered and flagged messages, folders as Thunderbird keeps them).

All people, places and texts are invented. Two runs write the same bytes. `./dev up` imports the result.
"""

import base64
import email.message
import email.policy
import email.utils
import pathlib
import shutil
import struct
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
START = 1764579600  # 2025-12-01, in the morning
POLICY = email.policy.SMTP.clone(max_line_length=78)

ADA, BEN, CLEO, DIMA, EMI = ("Ada Marsh <ada@harbour.example>", "Ben Okafor <ben@harbour.example>", "Cléo Petit <cleo@harbour.example>",
                             "Дима Белов <dima@harbour.example>", "江川 恵美 <emi@harbour.example>")


def stamp(hours):
    return email.utils.formatdate(START + int(hours * 3600), usegmt=False)


def message(number, sender, to, subject, hours, text=None, charset="utf-8", **headers):
    made = email.message.EmailMessage(policy=POLICY)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"], made["Message-ID"] = stamp(hours), f"<{number:03}@harbour.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    if text is not None:
        made.set_content(text, charset=charset)
    return made


def fix_boundaries(made, number):
    """Boundaries that do not change from run to run."""
    for place, part in enumerate(made.walk()):
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            part.set_boundary(f"=_harbour_{number:03}_{place}")
    return made


def picture(width, height, colour):
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


THREAD = [
    (ADA, "Harbour day: who does what?", "The harbour day is on the 14th of June. I would like us to have a plan\nbefore Christmas. Who takes the boats, who the music, who the food?\n\nAda"),
    (BEN, None, "Boats are mine, as every year. I need two more people with a licence.\n\nBen"),
    (CLEO, None, "Je prends la musique : trois groupes, une scène, pas de pluie.\n\nCléo"),
    (EMI, None, "食べ物は私が担当します。屋台は十二軒の予定です。\n\n恵美"),
    (DIMA, None, "Тогда я займусь плакатами и билетами.\n\nДима"),
    (ADA, None, "Wonderful. Then only first aid and parking are left.\nFrom now on let us meet on Mondays.\n\nAda"),
    (BEN, None, "> Then only first aid and parking are left.\n\nMy cousin can do parking. She has done it at the fair.\n\nBen"),
    (CLEO, None, "And the school orchestra asks whether it may open the day. Yes?\n\nCléo"),
]
BUDGET = [
    (DIMA, "Budget", "Here is what we have: 4,200 from the town, 1,150 from the tombola.\n\nДима"),
    (ADA, None, "The town has confirmed 4,200. The tombola money is in the tin, I counted\n1,147.50.\n\nAda"),
    (DIMA, None, "Then 2.50 are missing. I had an ice cream. Sorry.\n\nДима"),
    (EMI, None, "😀🍦"),
]


def thread(posts, first_number, first_hour, every):
    made, references = [], []
    subject = posts[0][1]
    for place, (sender, _, text) in enumerate(posts):
        number = first_number + place
        headers = {"In_Reply_To": references[-1], "References": " ".join(references)} if references else {}
        others = ", ".join(person for person in (ADA, BEN, CLEO, DIMA, EMI) if person != sender)
        made.append(message(number, sender, others, subject if place == 0 else "Re: " + subject, first_hour + place * every, text, List_Id="<plans.harbour.example>", **headers))
        references.append(f"<{number:03}@harbour.example>")
    return made


def mbox(messages):
    out = b""
    for made, hours in messages:
        body = made.as_bytes().replace(b"\r\n", b"\n")
        lines = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in body.split(b"\n")]
        when = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime(START + int(hours * 3600)))
        out += b"From plans@harbour.example " + when.encode() + b"\n" + b"\n".join(lines) + b"\n"
    return out


def scripts():
    texts = [
        ("Grüße aus Lübeck", "Die Fähre legt um 9:40 Uhr ab. Bitte pünktlich sein!\n\nÄpfel, Öl, Übermut.", "iso-8859-1"),
        ("Prix du café", "Le café coûte 2,50 € — c’est l’été.", "windows-1252"),
        ("Καλημέρα", "Το λιμάνι ανοίγει στις επτά.", "iso-8859-7"),
        ("Расписание", "Катер отходит каждый час, последний в 21:30.", "koi8-r"),
        ("会議のお知らせ", "月曜日の十時に集会所で会議をします。", "iso-2022-jp"),
        ("海港日的海报", "海报已经印好了，请来取。", "gb18030"),
        ("항구의 날", "표는 매표소에서 살 수 있습니다.", "euc-kr"),
        ("يوم الميناء", "تبدأ الموسيقى في الساعة السابعة مساءً.", "utf-8"),
        ("יום הנמל", "הכניסה חופשית לילדים.", "utf-8"),
        ("बंदरगाह दिवस", "नावें सुबह नौ बजे से चलेंगी।", "utf-8"),
        ("วันท่าเรือ", "อาหารมีสิบสองร้าน", "utf-8"),
        ("Łódź i żagle", "Zażółć gęślą jaźń na przystani.", "iso-8859-2"),
    ]
    return [message(100 + i, BEN, ADA, subject, 200 + i, text, charset) for i, (subject, text, charset) in enumerate(texts)]


def kinds():
    made = []
    html = message(200, CLEO, ADA, "Poster, first draft", 300, "The poster is inside as a picture.\n")
    html.add_alternative('<html><body><h1>Harbour day</h1><p>14 June, <b>from nine</b>.</p><img src="cid:poster@harbour.example"></body></html>', subtype="html")
    html.get_payload()[1].add_related(picture(24, 16, (30, 110, 180)), "image", "png", cid="<poster@harbour.example>", filename="poster.png")
    made.append(html)
    only_html = message(201, "news@paper.example", ADA, "Only HTML: our weekly news", 301)
    only_html.set_content("<p>Tides, <i>weather</i> &amp; ferries.</p><ul><li>High water 07:12</li><li>Wind NW 4</li></ul>", subtype="html")
    made.append(only_html)
    table = message(202, DIMA, ADA, "Budget as a table", 302, "Two files: the table and the receipt.\n", X_Priority="1", Importance="high")
    table.add_attachment("item;amount\ntown;4200\ntombola;1147.50\n", subtype="csv", filename="budget.csv")
    table.add_attachment(picture(8, 8, (200, 60, 40)), "image", "png", filename="Beleg für das Eis.png")
    made.append(table)
    inner = message(203, "harbourmaster@town.example", BEN, "Moorings", 303, "You may use moorings 4 to 9.\n")
    forward = message(204, BEN, ADA, "Fwd: Moorings", 304, "See below.\n")
    forward.add_attachment(inner)
    made.append(forward)
    outer = message(205, ADA, CLEO, "Fwd: Fwd: Moorings", 305, "Everything about the moorings, in one letter.\n")
    outer.add_attachment(forward)
    made.append(outer)
    invite = message(206, ADA, BEN, "Meeting on Monday", 306, "Monday at six, boat house.\n")
    invite.add_alternative("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//harbour//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:monday@harbour.example\r\nDTSTART:20251208T180000Z\r\nDTEND:20251208T190000Z\r\nSUMMARY:Harbour day meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", subtype="calendar")
    made.append(invite)
    bounce = message(207, "MAILER-DAEMON@harbour.example", ADA, "Undelivered: Harbour day", 307, "Nobody of that name is here.\n")
    bounce.make_mixed()
    bounce.attach(email.message_from_string("Content-Type: message/delivery-status\n\nReporting-MTA: dns; harbour.example\n\nFinal-Recipient: rfc822; nobody@harbour.example\nAction: failed\nStatus: 5.1.1\n"))
    bounce.set_param("report-type", "delivery-status")
    bounce.replace_header("Content-Type", bounce["Content-Type"].replace("multipart/mixed", "multipart/report"))
    made.append(bounce)
    signed = message(208, EMI, ADA, "Signed offer", 308, "Twelve stalls, 40 each.\n")
    signed.make_mixed()
    signature = email.message.Message()
    signature["Content-Type"] = 'application/pgp-signature; name="signature.asc"'
    signature.set_payload("-----BEGIN PGP SIGNATURE-----\n\n" + base64.b64encode(b"no real signature, an example").decode() + "\n-----END PGP SIGNATURE-----\n")
    signed.attach(signature)
    signed.replace_header("Content-Type", signed["Content-Type"].replace("multipart/mixed", "multipart/signed"))
    signed.set_param("protocol", "application/pgp-signature")
    signed.set_param("micalg", "pgp-sha256")
    made.append(signed)
    private = message(209, ADA, EMI, "About the surprise", 309, "Not a word to Ben about the cake.\n", Sensitivity="Private", Cc=CLEO, Bcc="Mo Lind <mo@harbour.example>")
    made.append(private)
    draft = message(210, ADA, BEN, "Life jackets (not finished)", 310, "We have 14 adult jackets and\n", X_Unsent="1")
    made.append(draft)
    long = message(211, DIMA, ADA, "Minutes, " + "with a subject that is far longer than a line of a header may be, " * 3, 311, "\n".join(f"{i}. point, and what was said about it at some length" for i in range(1, 200)) + "\n")
    made.append(long)
    empty = message(212, EMI, ADA, "", 312, "")
    made.append(empty)
    return made


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main():
    for old in ("letters", "Notes.sbd"):
        shutil.rmtree(HERE / old, ignore_errors=True)
    posts = thread(THREAD, 1, 0, 5) + thread(BUDGET, 20, 60, 3)
    write(HERE / "plans.mbox", mbox([(fix_boundaries(made, i), i) for i, made in enumerate(posts)]))
    for i, made in enumerate(scripts() + kinds()):
        write(HERE / "letters" / f"{i + 1:02}.eml", fix_boundaries(made, i).as_bytes())
    write_notes()


def write_notes():
    notes = [("Shopping list", "R", "", "Notes"), ("Keys are under the pot", "RO", "A", "Notes"), ("Rope, 40 m", "RO", "F", "Notes"), ("Weather on Sunday", "O", "", "Notes"),
             ("Keys again", "O", "", "Notes"), ("Ice rink?", "", "", "Notes"), ("Second ferry", "RO", "", "Notes"), ("Tomorrow", "", "", "Notes"),
             ("Tide table", "RO", "", "Notes.sbd/Archive"), ("Harbour day 2024: what went wrong", "RO", "AF", "Notes.sbd/Archive"),
             ("Lost property", "RO", "", "Notes.sbd/Archive"), ("Thanks!", "RO", "A", "Notes.sbd/Archive"),
             ("Photographs of 2024", "O", "", "Notes.sbd/Archive.sbd/Pictures"), ("More photographs", "RO", "F", "Notes.sbd/Archive.sbd/Pictures")]
    boxes = {}
    for i, (subject, status, marks, box) in enumerate(notes):
        made = message(300 + i, CLEO if i % 2 else BEN, ADA, subject, 400 + i, f"{subject}.\n\nSee you at the boat house.\n", Status=status or "O")
        if marks:
            made["X-Status"] = marks
        boxes.setdefault(box, []).append((made, 400 + i))
    for box, messages in boxes.items():
        write(HERE / box, mbox(messages))


if __name__ == "__main__":
    main()
