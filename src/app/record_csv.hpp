// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "record_file.hpp"

namespace magicface::app {

/// The `item` lines as a table for people, a header first: what was asked, what came out, AUs before and after.
/// Columns are in docs/records.md; records stay the complete form.
std::string format_records_csv(const std::vector<RecordJson>& lines);

/// The table of a record file: the line of every item that counts, in the order of the plan.
std::string records_csv(const std::filesystem::path& records);

}  // namespace magicface::app
