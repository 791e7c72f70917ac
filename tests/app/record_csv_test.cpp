// SPDX-License-Identifier: Apache-2.0
#include "record_csv.hpp"

#include <gtest/gtest.h>

#include "magicface/core/csv.hpp"
#include "temporary_folder.hpp"

namespace magicface::app {
namespace {

TEST(CsvRow, WhatIsWrittenIsReadBack) {
  const std::vector<std::string> fields{"", "plain", "with, comma", "with \"quotes\"", "", " spaces "};
  EXPECT_EQ(format_csv_row(fields), ",plain,\"with, comma\",\"with \"\"quotes\"\"\",,\" spaces \"");
  EXPECT_EQ(parse_csv_row(format_csv_row(fields)), fields);
  EXPECT_EQ(format_csv_row({"two\nlines"}), "\"two lines\"");
}

TEST(RecordCsv, OneRowPerItem) {
  const std::vector<RecordJson> lines{{{"event", "run"}},
                                      {{"event", "item"},
                                       {"item", 1},
                                       {"status", "ok"},
                                       {"input", {{"path", "a, b.png"}}},
                                       {"output", "x.png"},
                                       {"parameters", {{"au", {{"AU4", -6.0}, {"AU12", 2.5}}}, {"seed", 424}}},
                                       {"au_before", {{"AU12", 0.5}}},
                                       {"au_after", {{"AU12", 2}}},
                                       {"seconds", {{"sample", 1.25}, {"write", 0.5}}},
                                       {"bundle", {{"name", "demo@1"}}},
                                       {"warnings", {"one", "two"}},
                                       {"error", nullptr}},
                                      {{"event", "item"},
                                       {"item", 2},
                                       {"line", 3},
                                       {"id", "case-7"},
                                       {"status", "failed"},
                                       {"input", {{"path", "c.png"}}},
                                       {"output", nullptr},
                                       {"error", "no face"}}};
  EXPECT_EQ(format_records_csv(lines),
            "item,line,id,status,input,output,au,seed,AU12_before,AU12_after,seconds,bundle,warnings,error\n"
            "1,,,ok,\"a, b.png\",x.png,\"AU4=-6 AU12=2.5\",424,0.5,2,1.75,demo@1,\"one; two\",\n"
            "2,3,case-7,failed,c.png,,,,,,0,,,\"no face\"\n");
}

TEST(RecordCsv, AFailureDoesNotUndoWhatWasMade) {
  const TemporaryFolder folder("csv");
  const auto file = folder / "records.jsonl";
  {
    RecordFile records(file);
    records.run({});
    records.item({{"item", 1}, {"status", "ok"}, {"output", "x.png"}});
    records.item({{"item", 1}, {"status", "failed"}, {"output", "x.png"}});
  }
  EXPECT_EQ(records_csv(file), "item,line,id,status,input,output,seconds,bundle,warnings,error\n1,,,ok,,x.png,0,,,\n");
}

}  // namespace
}  // namespace magicface::app
