// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "edit_requests.hpp"
#include "magicface/pipeline/engine.hpp"

namespace magicface::app {

/// A picture with what is known of it.
struct Candidate {
  pipeline::Edited edited;
  std::vector<std::uint64_t> batch;  ///< seeds that were sampled together
  std::size_t place = 0;             ///< of this picture's among them
  face::ActionUnits intensities;     ///< estimated
  double distance = 0;               ///< from the intended intensities, root mean square over the units

  std::uint64_t seed() const { return batch.at(place); }
};

/// Root mean square difference; the vectors have one length.
double au_distance(const face::ActionUnits& a, const face::ActionUnits& b);

/// Makes the pictures of some seeds in one batch.
using MakeEdits = std::function<std::vector<pipeline::Edited>(std::span<const std::uint64_t> seeds)>;
/// Estimates a picture's intensities.
using EstimatePicture = std::function<face::ActionUnits(const pipeline::Edited&)>;

/// Hears that so many seeds failed together.
using TellHalved = std::function<void(std::size_t count, const std::exception&)>;

/// Of the seeds, the picture whose intensities are nearest to `intended`; the first of equals. Holds one batch and the
/// best. A batch that fails is halved, of which `told` hears. @throws the failure of a single seed
/// @param seeds not empty. @param batch_size from 1
Candidate best_of_seeds(std::span<const std::uint64_t> seeds, std::size_t batch_size, const face::ActionUnits& intended,
                        const MakeEdits& make, const EstimatePicture& estimate, const TellHalved& told);

}  // namespace magicface::app
