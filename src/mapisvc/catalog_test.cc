// SPDX-License-Identifier: Apache-2.0
#include "mapisvc/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/env.h"
#include "base/testing/fault_file_system.h"
#include "base/unicode.h"
#include "mapisvc/entry_value.h"

namespace mapiary::mapisvc {
namespace {

using model::PropTag;
using model::PropType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string test_data(const std::string& name) {
  const std::string root = env("MAPIARY_SOURCE_DIR").value_or(".");
  return system_files().read_file(join_path(root, "src/mapisvc/testdata/" + name), 1 << 20).value();
}

Catalog catalog_of(std::string_view text) {
  Problems problems;
  std::vector<InfFile> files;
  files.push_back(InfFile::parse("a.inf", text, problems));
  return Catalog::merge(files, problems);
}

std::vector<std::string> names(const std::vector<const ServiceEntry*>& services) {
  std::vector<std::string> found;
  for (const ServiceEntry* service : services) found.push_back(service->name);
  return found;
}

const model::PropValue& value_of(const model::PropBag& bag, std::uint32_t tag) {
  const model::PropValue* value = bag.find(PropTag(tag));
  EXPECT_NE(value, nullptr) << std::hex << tag;
  static const model::PropValue none;
  return value == nullptr ? none : *value;
}

// spec: LC-553 LC-555 LC-556 LC-557 LC-559..LC-562 LC-564
TEST(Catalog, ReadsEverySection) {
  const Catalog catalog = catalog_of(test_data("full.inf"));
  for (const Problem& problem : catalog.problems()) ADD_FAILURE() << problem.text();
  ASSERT_EQ(catalog.services().size(), 2u);
  EXPECT_THAT(names(catalog.default_services()), ElementsAre("BOOK"));
  EXPECT_EQ(catalog.help_file("mail"), "mail.hlp");
  EXPECT_EQ(catalog.help_file("MAPI"), "runtime.hlp");
  EXPECT_EQ(catalog.help_file("BOOK"), "");

  const ServiceEntry& book = *catalog.find("book");
  EXPECT_EQ(book.display_name, "The Book");
  EXPECT_EQ(book.line, 12u);
  EXPECT_EQ(value_of(book.properties, 0x3D0A001F).as_bytes(), "book.dll");
  EXPECT_EQ(value_of(book.properties, 0x3D0B001E).as_bytes(), "BookEntry");
  EXPECT_EQ(value_of(book.properties, 0x30090003).as_int32(), 0x20);
  EXPECT_EQ(value_of(book.properties, 0x3D0F101F).as_multi(),
            model::MultiValue(std::vector<std::string>{"book.dll", "book.dat"}));
  EXPECT_EQ(value_of(book.properties, 0x3D10101F).value_count(), 1u);
  ASSERT_EQ(book.providers.size(), 1u);
  EXPECT_EQ(value_of(book.providers[0].properties, 0x6600001E).as_bytes(), "/var/lib/book.txt");
  EXPECT_EQ(value_of(book.providers[0].properties, 0x3E030003).as_int32(), 35);
  EXPECT_EQ(value_of(book.providers[0].properties, 0x30090003).as_int32(), 0) << "as in the page's own example";

  const ServiceEntry& mail = *catalog.find("MAIL");
  EXPECT_EQ(value_of(mail.properties, 0x30090003).as_int32(), 0x0A);
  ASSERT_EQ(mail.providers.size(), 2u);
  EXPECT_EQ(value_of(mail.providers[1].properties, 0x3E030003).as_int32(), 36);
  EXPECT_EQ(value_of(mail.providers[1].properties, 0x30090003).as_int32(), 0x11);
}

// spec: LC-558
TEST(Catalog, ExtraSectionsHaveAUid) {
  const Catalog catalog = catalog_of(test_data("full.inf"));
  const ServiceEntry& mail = *catalog.find("MAIL");
  ASSERT_EQ(mail.extras.size(), 1u);
  ASSERT_TRUE(mail.extras[0].uid);
  EXPECT_EQ(mail.extras[0].uid->bytes[0], 0x13);
  EXPECT_EQ(mail.extras[0].uid->bytes[15], 0xAB);
  EXPECT_EQ(mail.extras[0].properties.size(), 1u) << "UID is no property";
  EXPECT_EQ(value_of(mail.extras[0].properties, 0x66020003).as_int32(), 1);
}

// spec: LC-559
TEST(Catalog, EachTypeOfValue) {
  const Catalog catalog = catalog_of(test_data("full.inf"));
  const model::PropBag& bag = catalog.find("MAIL")->providers[0].properties;
  EXPECT_EQ(value_of(bag, 0x3001001F).as_bytes(), "  Folders  ") << "quotes keep blanks";
  EXPECT_EQ(value_of(bag, 0x30090003).as_int32(), 0x40);
  EXPECT_EQ(value_of(bag, 0x66000002).as_int16(), 10);
  EXPECT_EQ(value_of(bag, 0x66010003).as_int32(), 6) << "eight digits are the bytes in memory";
  EXPECT_EQ(value_of(bag, 0x66020003).as_int32(), 17);
  EXPECT_EQ(value_of(bag, 0x66030004).as_real(), 1.0);
  EXPECT_EQ(value_of(bag, 0x66040005).as_real(), 1.5);
  EXPECT_EQ(value_of(bag, 0x66050006).as_int64(), 10000);
  EXPECT_EQ(value_of(bag, 0x66060007).as_real(), 2.25);
  EXPECT_TRUE(value_of(bag, 0x6607000B).as_bool());
  EXPECT_EQ(value_of(bag, 0x66080014).as_int64(), 16);
  EXPECT_EQ(value_of(bag, 0x6609001F).as_bytes(), "Größe");
  EXPECT_EQ(FileTime(static_cast<std::uint64_t>(value_of(bag, 0x660A0040).as_int64())).to_iso8601(),
            "2024-02-29T12:00:00Z");
  EXPECT_EQ(value_of(bag, 0x660B0048).as_guid(), Guid::make(0x20385, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}));
  EXPECT_EQ(value_of(bag, 0x660C0102).as_bytes().substr(0, 2), "\x78\xB2");
  EXPECT_EQ(value_of(bag, 0x660D1003).as_multi(), model::MultiValue(std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(value_of(bag, 0x660E101F).as_multi(), model::MultiValue(std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(value_of(bag, 0x660F1102).as_multi(),
            model::MultiValue(std::vector<std::string>{std::string("\0\xFF", 2), "\x01"}));
  EXPECT_EQ(value_of(bag, 0x66100003).as_int32(), -1);
  EXPECT_TRUE(value_of(bag, 0x6611000B).as_bool());
}

TEST(Catalog, WhatIsWrongIsNamedWithItsLineAndTheRestGoesOn) {
  const Catalog catalog = catalog_of(test_data("broken.inf"));
  ASSERT_EQ(catalog.services().size(), 1u);
  EXPECT_EQ(catalog.services()[0].name, "GOOD");
  EXPECT_EQ(value_of(catalog.services()[0].properties, 0x3001001F).as_bytes(), "first");
  EXPECT_THAT(names(catalog.default_services()), ElementsAre("GOOD"));
  std::vector<std::string> lines;
  for (const Problem& problem : catalog.problems()) lines.push_back(problem.text());
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  for (const char* expected : {"a.inf:2: an entry before the first section",
                               "a.inf:34: [GOOD] pr_display_name is here a second time",
                               "a.inf:35: [GOOD]: neither name=value",
                               "a.inf:44: [good] is here a second time",
                               "a.inf:46: a section name without its ']'",
                               "a.inf:4: [Services] NOSECTION has no section",
                               "a.inf:15: [NOPROVIDERS] has no Providers entry",
                               "a.inf:15: the service NOPROVIDERS is left out",
                               "a.inf:18: [MISSING] Providers: there is no section [NOWHERE]",
                               "a.inf:23: [BADTYPE Provider] PR_RESOURCE_TYPE: 'MAPI_TOASTER_PROVIDER' is not",
                               "a.inf:21: [BADTYPE Provider] has no PR_RESOURCE_TYPE",
                               "a.inf:26: [NODLL Provider] has no PR_PROVIDER_DLL_NAME",
                               "a.inf:28: [ENTRY] has PR_SERVICE_ENTRY_NAME but no PR_SERVICE_DLL_NAME",
                               "a.inf:32: [GOOD] Providers lists [GOOD Provider] twice",
                               "a.inf:36: [GOOD] PR_NO_SUCH_PROPERTY: 'PR_NO_SUCH_PROPERTY' is not",
                               "a.inf:37: [GOOD] 66000003: 'twelve' is not",
                               "a.inf:38: [GOOD] 6600000D: 6600000D is not",
                               "a.inf:39: [GOOD] 6601000B: 'perhaps' is not",
                               "a.inf:40: [GOOD] 66020102: 'abc' is not",
                               "a.inf:14: [Default Services] NOBODY is not in [Services]"}) {
    EXPECT_THAT(all, HasSubstr(expected));
  }
}

TEST(Catalog, EncodingsAreTold) {
  const std::string text =
      "[Services]\r\nS=Größe\r\n[S]\r\nProviders=P\r\n[P]\r\nPR_DISPLAY_NAME=Größe\r\nPR_PROVIDER_DISPLAY=x\r\n"
      "PR_PROVIDER_DLL_NAME=p.dll\r\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\r\n";
  const std::string le = utf8_to_utf16le(text);
  std::string be = le;
  for (std::size_t i = 0; i < be.size(); i += 2) std::swap(be[i], be[i + 1]);
  std::string ansi;
  for (const char16_t unit : utf8_to_utf16(text)) ansi += static_cast<char>(unit);
  for (const std::string& bytes : {text, "\xEF\xBB\xBF" + text, "\xFF\xFE" + le, "\xFE\xFF" + be, ansi}) {
    const Catalog catalog = catalog_of(bytes);
    ASSERT_EQ(catalog.services().size(), 1u);
    EXPECT_TRUE(catalog.problems().empty());
    EXPECT_EQ(catalog.services()[0].display_name, "Größe");
    EXPECT_EQ(value_of(catalog.services()[0].providers[0].properties, 0x3001001F).as_bytes(), "Größe");
    EXPECT_EQ(catalog.services()[0].line, 3u) << "CR LF is one line end";
  }
}

std::string service(const std::string& name, const std::string& dll) {
  return "[Services]\n" + name + "=" + name + "\n[" + name + "]\nProviders=" + name + " P\n[" + name +
         " P]\nPR_DISPLAY_NAME=d\nPR_PROVIDER_DISPLAY=p\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_PROVIDER_DLL_NAME=" +
         dll + "\n";
}

void put(testing::FaultFileSystem& files, const std::string& path, const std::string& text) {
  File file = std::move(*files.open(path, OpenMode::kTruncate));
  ASSERT_TRUE(file.write_at(0, bytes_of(text)));
}

TEST(Catalog, FilesAreMergedAndTheFirstWins) {
  testing::FaultFileSystem files;
  ASSERT_TRUE(files.create_folder("first"));
  ASSERT_TRUE(files.create_folder("second"));
  put(files, "first/b.inf", service("S", "first") + "[Default Services]\nS=S\n");
  put(files, "first/note.txt", "not an inf");
  put(files, "second/mapisvc.inf", service("s", "second") + "[Help File Mappings]\nS=s.hlp\n");
  put(files, "second/z.inf", service("T", "t") + "[Default Services]\nT=T\nS=S\n");
  const Catalog catalog = Catalog::load(files, {{"first"}, {"second/mapisvc.inf"}, {"second/z.inf"}, {"absent"}});
  for (const Problem& problem : catalog.problems()) ADD_FAILURE() << problem.text();
  EXPECT_THAT(catalog.files(), ElementsAre("first/b.inf", "second/mapisvc.inf", "second/z.inf"));
  ASSERT_EQ(catalog.services().size(), 2u);
  EXPECT_EQ(catalog.find("s")->file, "first/b.inf");
  EXPECT_EQ(value_of(catalog.find("S")->providers[0].properties, 0x300A001F).as_bytes(), "first");
  EXPECT_THAT(names(catalog.default_services()), ElementsAre("S", "T"));
  EXPECT_EQ(catalog.help_file("S"), "s.hlp");
}

TEST(Catalog, AMissingPlaceIsAProblemOnlyIfItWasAskedFor) {
  testing::FaultFileSystem files;
  const Catalog catalog = Catalog::load(files, {{"asked", true}, {"usual"}});
  ASSERT_EQ(catalog.problems().size(), 1u);
  EXPECT_EQ(catalog.problems()[0].file, "asked");
  EXPECT_EQ(catalog.problems()[0].code, Code::kNotFound);
}

TEST(Catalog, AFileThatCannotBeReadCostsItselfAlone) {
  testing::FaultFileSystem files;
  put(files, "a.inf", service("A", "a"));
  put(files, "b.inf", service("B", "b"));
  files.reset_calls();
  (void)Catalog::load(files, {{"a.inf"}});
  const std::uint64_t calls = files.calls();
  ASSERT_GE(calls, 3u);
  for (std::uint64_t n = 0; n < calls; ++n) {
    files.fail_at(n, EIO);
    const Catalog catalog = Catalog::load(files, {{"a.inf"}, {"b.inf"}});
    EXPECT_NE(catalog.find("B"), nullptr) << n;
    if (catalog.find("A") == nullptr) {
      ASSERT_EQ(catalog.problems().size(), 1u) << n;
      EXPECT_EQ(catalog.problems()[0].code, Code::kDiskError);
    }
  }
}

TEST(Catalog, PlacesFollowTheEnvironment) {
  ::setenv("MAPIARY_MAPISVC", "/x/a.inf::/y", 1);
  std::vector<std::string> paths;
  std::vector<bool> required;
  for (const Place& place : search_places("/c", {"/opt/lib/mapiary"})) {
    paths.push_back(place.path);
    required.push_back(place.required);
  }
  EXPECT_THAT(paths, ElementsAre("/x/a.inf", "/y", "/c/mapisvc.inf", "/c/mapisvc.d", "/opt/lib/mapiary",
                                 "/etc/mapiary/mapisvc.inf", "/etc/mapiary/mapisvc.d"));
  EXPECT_THAT(required, ElementsAre(true, true, false, false, false, false, false));
  ::unsetenv("MAPIARY_MAPISVC");
  EXPECT_EQ(search_places("", {}).front().path, "/etc/mapiary/mapisvc.inf");
}

TEST(Catalog, HostileFilesMeetLimits) {
  Problems problems;
  Limits limits;
  limits.file_bytes = 100;
  EXPECT_TRUE(InfFile::parse("f", std::string(101, 'x'), problems, limits).sections().empty());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].code, Code::kTooBig);

  limits = {};
  limits.sections = 2;
  limits.entries = 3;
  limits.line_bytes = 20;
  limits.problems = 2;
  problems.clear();
  const InfFile cut =
      InfFile::parse("f", "[a]\n" + std::string(21, 'x') + "\n1=1\n2=2\n3=3\n4=4\n[b]\n", problems, limits);
  EXPECT_EQ(cut.sections().size(), 1u);
  EXPECT_EQ(cut.sections()[0].entries.size(), 3u);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].line, 2u);
  EXPECT_EQ(problems[1].line, 6u);
  report(problems, limits, {"f", 9, Code::kBadValue, "x"});
  report(problems, limits, {"f", 10, Code::kBadValue, "y"});
  EXPECT_EQ(problems.size(), 3u) << "one line says that there are more";

  // One large section that a thousand services share must not be multiplied.
  std::string text = "[Services]\n", sections, shared;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "S" + std::to_string(i);
    text += name + "=x\n";
    sections += "[" + name + "]\nProviders=P\n";
  }
  for (int i = 0; i < 2000; ++i) {
    char line[32];
    std::snprintf(line, sizeof line, "%04X0003=1\n", 0x6000 + i);
    shared += line;
  }
  const Catalog catalog = catalog_of(text + sections +
                                     "[P]\nPR_DISPLAY_NAME=d\nPR_PROVIDER_DISPLAY=p\nPR_PROVIDER_DLL_NAME=x\n"
                                     "PR_RESOURCE_TYPE=33\n" +
                                     shared);
  EXPECT_LT(catalog.services().size(), 200u);
  EXPECT_GT(catalog.services().size(), 100u);
}

TEST(EntryValue, TagsByNameAndNumber) {
  EXPECT_EQ(parse_tag("PR_DISPLAY_NAME").value(), PropTag(0x3001001F));
  EXPECT_EQ(parse_tag("pr_display_name_a").value(), PropTag(0x3001001E));
  EXPECT_EQ(parse_tag("PR_DISPLAY_NAME_W").value(), PropTag(0x3001001F));
  EXPECT_EQ(parse_tag("PR_SERVICE_SUPPORT_FILES_A").value(), PropTag(0x3D0F101E));
  EXPECT_EQ(parse_tag("660a0003").value(), PropTag(0x660A0003));
  EXPECT_EQ(parse_tag("PR_RESOURCE_FLAGS_A").error().code, Code::kNotFound);
  EXPECT_EQ(parse_tag("PR_NONE").error().code, Code::kNotFound);
  for (const char* bad :
       {"00000003", "FFFF0003", "66000000", "66000001", "6600000A", "6600000D", "66000999", "66003003"}) {
    EXPECT_EQ(parse_tag(bad).error().code, Code::kInvalidType) << bad;
  }
}

TEST(EntryValue, NumbersHaveBounds) {
  const PropTag int16(0x66000002), int32(0x66000003), int64(0x66000014), real(0x66000005);
  EXPECT_EQ(parse_value(int16, "-32768", 1).value().as_int16(), -32768);
  EXPECT_EQ(parse_value(int16, "65535", 1).value().as_int16(), -1);
  EXPECT_FALSE(parse_value(int16, "65536", 1));
  EXPECT_FALSE(parse_value(int16, "0x10000", 1));
  EXPECT_EQ(parse_value(int32, "4294967295", 1).value().as_int32(), -1);
  EXPECT_EQ(parse_value(int32, "0x80000000", 1).value().as_int32(), INT32_MIN);
  EXPECT_FALSE(parse_value(int32, "4294967296", 1));
  EXPECT_FALSE(parse_value(int32, "", 1));
  EXPECT_FALSE(parse_value(int32, "1|", 1));
  EXPECT_FALSE(parse_value(int32, "0x", 1));
  EXPECT_FALSE(parse_value(int64, "9223372036854775808", 1));
  EXPECT_EQ(parse_value(int64, "0xFFFFFFFFFFFFFFFF", 1).value().as_int64(), -1);
  EXPECT_FALSE(parse_value(real, "nan", 1));
  EXPECT_FALSE(parse_value(real, "1.5x", 1));
  EXPECT_EQ(parse_value(PropTag(0x66001003), "1,2", 1).error().code, Code::kTooBig);
  EXPECT_EQ(parse_value(PropTag(0x66001003), "", 1).value().value_count(), 0u);
}

}  // namespace
}  // namespace mapiary::mapisvc
