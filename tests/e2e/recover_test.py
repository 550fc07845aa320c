# SPDX-License-Identifier: Apache-2.0
"""`mapiary recover`, --recoverable and `mapiary pst-tree` on the files of tests/pst/make_fixtures.py (MAPIARY_PST_FIXTURES)."""

import json
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pst"))

from e2e_case import Case  # noqa: E402
import make_fixtures as fixtures  # noqa: E402

FIXTURES = pathlib.Path(os.environ["MAPIARY_PST_FIXTURES"])
LOST = sorted(path.name for path in (FIXTURES / "recovery").iterdir() if path.suffix in (".pst", ".ost"))
COUNT = sum(len(folder) for folder in fixtures.RECOVERABLE.values())
SUBJECTS = {f"Re: Subject {number}": (path, found) for path, folder in fixtures.RECOVERABLE.items() for number, found in folder.items()}
INBOX = "/Top of Personal Folders/50%25/In%2Fbox"


class Recover(Case):
    def source(self, name):
        path = self.place / name
        shutil.copy(FIXTURES / "recovery" / name, path)
        os.chmod(path, 0o400)
        return path

    def in_folder(self, store, top="Recovered"):
        """Subjects of the messages below a folder, each with the path it has there."""
        paths = [folder["path"] for folder in self.lines("tree", "--json", store)]
        start = next(path for path in paths if path.split("/")[-1] == top)
        found = {}
        for path in paths:
            if path == start or path.startswith(start + "/"):
                for message in self.lines("ls", "--json", store, path):
                    if message["schema"] == "mapiary.item/1":
                        self.assertNotIn(message["subject"], found)
                        found[message["subject"]] = path[len(start) + 1:]
        return found

    def marks(self, store, subject):
        props = self.lines("props", "--json", store, self.id_of(store, subject))
        return {prop["name"].rsplit(":", 1)[-1]: prop["value"] for prop in props if "recovered" in prop["name"]}

    def test_what_is_whole_and_in_no_folder_is_found_and_no_more(self):
        self.assertEqual(len(LOST), 4)
        for name in LOST:
            with self.subTest(name):
                source = self.source(name)
                before = source.read_bytes()
                manifest = self.json("recover", "--json", source, "out.mapiary")
                self.assertEqual(source.read_bytes(), before)
                self.assertEqual(manifest["operation"], "recover")
                self.assertTrue(manifest["reconciled"])
                # One associated message; two remains: one that has nothing, and one of which a block was written over.
                self.assertEqual(manifest["totals"], {"expected": COUNT + 3, "written": COUNT + 1, "failed": 0, "excluded": 2, "incomplete": 0})
                said = sorted(item["message"] for item in manifest["items"])
                self.assertRegex(said[0], r"^deleted message 0x[0-9A-F]+: block at offset \d+: its CRC is ")
                self.assertRegex(said[1], r"^orphaned message 0x[0-9A-F]+: .*neither class, subject nor body")
                self.assertEqual(manifest["problems"], [])
                self.assertEqual(self.in_folder("out.mapiary"), {subject: path for subject, (path, _) in SUBJECTS.items()})
                info = self.json("info", "--json", "out.mapiary")
                self.assertEqual((info["messages"], info["associated"], info["embedded"], info["attachments"], info["recipients"]), (COUNT, 1, 1, 4, 3))
                self.run_program("check", "out.mapiary")
                # The marks take the same way from every variant.
                for subject, (path, found) in SUBJECTS.items() if name == "lost-v14.pst" else ():
                    marks = {"recovered": found}
                    if path == "" and subject != "Re: Subject 11":
                        marks["recovered-from"] = INBOX
                    self.assertEqual(self.marks("out.mapiary", subject), marks, subject)
                os.remove(self.place / "out.mapiary")

    def test_contents_are_as_they_were_written(self):
        source = self.source("lost-v23.pst")
        self.run_program("recover", source, "out.mapiary")
        message = self.json("show", "--json", "out.mapiary", self.id_of("out.mapiary", "Re: Subject 40"))
        fixtures.words = fixtures.MANY
        self.assertEqual(message["text"].replace("\r\n", "\n"), fixtures.text(40, 9000).replace("\r\n", "\n"))
        self.assertEqual([(one["name"], one["size"]) for one in message["attachments"]][0][0], "gone.bin")

    def test_without_the_option_nothing_is_shown(self):
        source = self.source("lost-v23.pst")
        paths = [folder["path"] for folder in self.lines("tree", "--json", source)]
        self.assertNotIn("/Recovered", paths)
        shown = [folder["path"] for folder in self.lines("tree", "--json", "--recoverable", source)]
        self.assertEqual(set(shown) - set(paths), {"/Recovered", *("/Recovered/" + path for path in fixtures.RECOVERABLE if path)})
        self.assertEqual(self.json("info", "--json", source)["messages"], 2)
        found = self.lines("search", "--json", "--recoverable", "--folder", "/Recovered", source)
        self.assertEqual({message["subject"] for message in found}, set(SUBJECTS))
        gone = next(message["id"] for message in found if message["subject"] == "Re: Subject 42")
        self.assertIn("Subject 42", self.text("show", "--recoverable", source, gone))
        self.said("show", source, gone, code=1)
        self.run_program("export", "--recoverable", "--folder", "/Recovered", "--format", "json", source, "exported")
        manifest = json.loads((self.place / "exported" / "manifest.json").read_text(encoding="utf-8"))
        self.assertEqual(manifest["totals"]["written"], COUNT)

    def test_a_run_can_be_dry_repeated_filtered_and_put_elsewhere(self):
        source = self.source("lost-v23.pst")
        self.assertEqual(self.json("recover", "--dry-run", "--json", source, "out.mapiary")["totals"]["written"], COUNT + 1)
        self.assertFalse((self.place / "out.mapiary").exists())
        self.run_program("recover", "--manifest", "m.json", source, "out.mapiary", "--into", "From/old")
        self.assertTrue(json.loads((self.place / "m.json").read_text(encoding="utf-8"))["reconciled"])
        self.assertEqual(set(self.in_folder("out.mapiary", "old")), set(SUBJECTS))
        self.run_program("recover", "--resume", source, "out.mapiary", "--into", "From/old")
        self.assertEqual(self.json("info", "--json", "out.mapiary")["messages"], COUNT)
        one = self.json("recover", "--json", "--subject", "Subject 42", source, "one.mapiary")
        self.assertEqual(one["totals"]["written"], 1)
        self.assertEqual(self.in_folder("one.mapiary"), {"Re: Subject 42": "Gone"})

    def test_a_file_with_nothing_to_recover_makes_no_store(self):
        done = self.run_program("recover", FIXTURES / "v23-crypt1.pst", "out.mapiary")
        self.assertIn("nothing", done.stderr.decode("utf-8"))
        self.assertFalse((self.place / "out.mapiary").exists())
        self.assertIn("no PST", self.said("recover", self.store(), "out.mapiary", code=1))

    def test_the_orphans_of_an_ordinary_file(self):
        self.run_program("recover", FIXTURES / "deleted.pst", "out.mapiary")
        self.assertEqual(self.in_folder("out.mapiary"), {f"Re: Subject {900 + i}": "" for i in range(3)})


class PstTree(Case):
    """Against what the writer of the fixtures knows of its own file."""

    def written(self, make, version=23, **more):
        path = self.place / "made.pst"
        ndb = fixtures.w.Ndb(str(path), version, 1, **more)
        store = make(fixtures.Noted(ndb, names=fixtures.NAMES))
        store.finish()
        return path, ndb

    def test_nodes_and_blocks_are_those_that_were_written(self):
        for version in (14, 23, 36):
            for make in (fixtures.mixed, fixtures.search):
                with self.subTest(f"{version} {make.__name__}"):
                    path, ndb = self.written(make, version)
                    nodes = self.lines("pst-tree", "--json", path)
                    self.assertEqual({node["schema"] for node in nodes}, {"mapiary.pst-node/1"})
                    self.assertEqual([(int(node["nid"], 16), int(node["data"], 16), int(node["subnodes"], 16), int(node["parent"], 16)) for node in nodes],
                                     [(nid, data, below, parent) for nid, (data, below, parent) in sorted(ndb.nodes.items())])
                    blocks = self.lines("pst-tree", "--json", "--blocks", path)
                    self.assertEqual([(int(block["bid"], 16), block["offset"], block["stored"], block["bytes"], block["references"]) for block in blocks],
                                     [(bid, *entry) for bid, entry in sorted(ndb.blocks.items())])
                    self.assertEqual([block["kind"] == "internal" for block in blocks], [bool(bid & 2) for bid in sorted(ndb.blocks)])
                    sizes = {int(block["bid"], 16): block["bytes"] for block in blocks}
                    for node in nodes:
                        data = int(node["data"], 16)
                        if not data & 2:
                            self.assertEqual(node["bytes"], sizes.get(data, 0))
                        self.assertEqual(node["subnode_bytes"], sizes.get(int(node["subnodes"], 16), 0))
                    types = {node["nid"]: node["type"] for node in nodes}
                    self.assertEqual((types["0x21"], types["0x122"], types["0x12D"]), ("internal", "folder", "hierarchy table"))

    def test_many_nodes_come_in_pieces_and_in_order(self):
        path, ndb = self.written(fixtures.large_tables)
        nids = [int(node["nid"], 16) for node in self.lines("pst-tree", "--json", path)]
        self.assertEqual(nids, sorted(ndb.nodes))
        blocks = [int(block["bid"], 16) for block in self.lines("pst-tree", "--json", "--blocks", path)]
        self.assertGreater(len(blocks), 2048)
        self.assertEqual(blocks, sorted(ndb.blocks))

    def test_a_node_with_properties(self):
        path, ndb = self.written(fixtures.mixed)
        lines = self.lines("pst-tree", "--json", "--node", "0x21", path)
        kinds = [line["schema"] for line in lines]
        self.assertEqual(kinds[:3], ["mapiary.pst-node/1", "mapiary.pst-block/1", "mapiary.pst-heap/1"])
        self.assertEqual(lines[2]["client"], "property context")
        block = ndb.blocks[ndb.nodes[0x21][0]]
        self.assertEqual([lines[1][name] for name in ("offset", "stored", "bytes", "references")], block)
        tags = {line["tag"]: line for line in lines if line["schema"] == "mapiary.pst-property/1"}
        self.assertEqual((tags["0x0FF90102"]["where"], tags["0x0FF90102"]["bytes"]), ("heap", 16))
        self.assertEqual((tags["0x67FF0003"]["where"], tags["0x67FF0003"]["value"], tags["0x67FF0003"]["bytes"]), ("inline", "0x0", 4))
        items = {line["hid"]: line["bytes"] for line in lines if line["schema"] == "mapiary.pst-item/1"}
        self.assertEqual(items[tags["0x0FF90102"]["value"]], 16)
        self.assertEqual(self.lines("pst-tree", "--json", "--node", "33", path), lines)
        text = self.text("pst-tree", "--node", "0x21", path)
        self.assertEqual(len(text.splitlines()), len(lines))
        self.assertRegex(text, r"(?m)^property +0x0FF90102 +heap")

    def test_a_node_with_rows_and_what_is_below_nodes(self):
        path, ndb = self.written(fixtures.mixed)
        contents = next(nid for nid, (_, below, _) in sorted(ndb.nodes.items()) if nid & 0x1F == fixtures.w.TYPE_CONTENTS and nid >> 5 > 0x400 and ndb.nodes.get(nid)
                        and len([line for line in self.lines("pst-tree", "--json", "--node", hex(nid), path) if line["schema"] == "mapiary.pst-row/1"]) == 6)
        lines = self.lines("pst-tree", "--json", "--node", hex(contents), path)
        rows = [int(line["id"], 16) for line in lines if line["schema"] == "mapiary.pst-row/1"]
        self.assertTrue(all(nid in ndb.nodes for nid in rows))
        columns = [line["tag"] for line in lines if line["schema"] == "mapiary.pst-column/1"]
        self.assertIn("0x0037001F", columns)
        message = rows[2]  # with two recipients and two attachments
        below = [line for line in self.lines("pst-tree", "--json", "--node", hex(message), path) if line["schema"] == "mapiary.pst-subnode/1"]
        types = [line["type"] for line in below]
        self.assertEqual((types.count("attachment"), types.count("attachment table"), types.count("recipient table")), (2, 1, 1))
        recipients = self.lines("pst-tree", "--json", "--node", f"{message}/0x692", path)
        self.assertEqual(len([line for line in recipients if line["schema"] == "mapiary.pst-row/1"]), 2)

    def test_what_is_not_there_or_damaged_is_said(self):
        path, ndb = self.written(fixtures.mixed)
        self.assertIn("no node 0x4711", self.text("pst-tree", "--node", "0x4711", path, code=4))
        self.assertIn("no number", self.text("pst-tree", "--node", "rubbish", path, code=4))
        self.assertIn("exclude", self.said("pst-tree", "--node", "1", "--blocks", path, code=2))
        self.assertIn("no PST", self.said("pst-tree", self.store(), code=1))
        at, size = ndb.blocks[ndb.nodes[0x61][0]][:2]
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(bytes(size + 64))
        lines = self.lines("pst-tree", "--json", "--node", "0x61", path, code=4)
        self.assertEqual(lines[0]["schema"], "mapiary.pst-node/1")
        self.assertIn(f"offset {at}", [line["message"] for line in lines if line["schema"] == "mapiary.pst-damage/1"][-1])


if __name__ == "__main__":
    unittest.main()
