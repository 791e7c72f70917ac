// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "magicface/app/edit_job.hpp"
#include "magicface/face/au_request.hpp"
#include "magicface/models/manifest.hpp"

namespace magicface::app {

/// One edit as it was asked for, the same for every face it is applied to.
struct EditRequest {
  face::AuRequest asked;
  std::optional<std::filesystem::path> like;  ///< the portrait that `asked.target` is still to be read from
  std::string flag;                           ///< what asked for it, for messages: "--target AU12=3"
  face::ActionUnits variation;                ///< what the model is given, in the bundle's order; see `resolved`
  std::uint64_t seed = 0;
  std::vector<std::uint64_t> rivals;  ///< more seeds, of which with `seed` the best is kept
  std::string label;                  ///< {edit} of the output's name
  std::vector<std::string> warnings;  ///< values beyond the bundle's range
};

/// The edits of the command line: --au, --target, --preset, --like, --neutralise, --au-file, each in its order, and
/// each with all seeds; warnings are logged here, once. @throws UsageError, also for edits that need what the bundle or
/// the other flags don't give
std::vector<EditRequest> parse_requests(const EditOptions& options, const models::Manifest& manifest);

/// What is wrong with seeds and expressions whatever the edits are. @throws UsageError
void check_wishes(const EditOptions& options);

/// Whether some flag asks for an edit.
bool asks_for_edits(const EditOptions& options);

/// How outputs are named: with several seeds, "_{seed}" is added to a pattern without it.
/// @throws UsageError for {seed} with --keep best, whose seed isn't known before
OutputOptions output_options(const EditOptions& options);

/// Whether the request needs the face's own intensities, to know the variation or to judge the result.
bool needs_estimate(const EditRequest& request);

/// The request for a face of which the intensities are known: `variation` is set, with a warning for values beyond the
/// bundle's range. @param before in the bundle's order; nothing when they aren't needed
EditRequest resolved(EditRequest request, const std::optional<face::ActionUnits>& before, const models::AuSection& au);

/// The edit in words for the picture's metadata: "AU12+2.5", "happiness: AU6+4_AU12+4".
std::string edit_text(const EditRequest& request, const models::AuSection& au);

}  // namespace magicface::app
