// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "magicface/face/action_units.hpp"

namespace magicface::face {

/// The column names of two programs that estimate action units.
enum class AuColumns {
  openface,   ///< "AU04_r"
  libreface,  ///< "au_4_intensity"
};

/// "openface" or "libreface". @throws UsageError
AuColumns au_columns_from_name(std::string_view name);
/// The column of a unit: "AU4" -> "AU04_r" or "au_4_intensity".
std::string au_column(std::string_view unit, AuColumns columns);

/// One row of a table of intensities.
struct AuRow {
  std::size_t line = 0;                      ///< in the file, from 1
  std::vector<std::optional<double>> value;  ///< in the vocabulary's order; nothing where the table has no column
};

struct AuTable {
  std::vector<AuRow> rows;
  std::vector<std::string> ignored;   ///< intensity columns of units that the vocabulary lacks
  std::vector<std::size_t> unusable;  ///< lines of rows left out: no face was read (OpenFace: success 0), or a gap
};

/// What a row with an empty cell or a NaN in a unit's column is.
enum class AuGaps {
  refuse,    ///< a fault, and so is a table without any row of values
  leave_out  ///< unusable, as a row without a face
};

/// A CSV with a header of OpenFace's, LibreFace's or plain ("AU4") columns; other columns are passed over, presence
/// columns (AU04_c, au_4) too. @param name of the file, for messages
/// @throws UsageError: no such column, a column given twice, a value that is no number, a row of another length, no
/// row.
AuTable parse_au_table(std::string_view csv, const std::string& name, const AuVocabulary& vocabulary,
                       AuGaps gaps = AuGaps::refuse);

}  // namespace magicface::face
