// SPDX-License-Identifier: Apache-2.0
#include "best_seed.hpp"

#include <algorithm>
#include <cmath>

#include "make_or_halve.hpp"

namespace magicface::app {

double au_distance(const face::ActionUnits& a, const face::ActionUnits& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b.at(i)) * (a[i] - b.at(i));
  return a.empty() ? 0 : std::sqrt(sum / static_cast<double>(a.size()));
}

Candidate best_of_seeds(std::span<const std::uint64_t> seeds, std::size_t batch_size, const face::ActionUnits& intended,
                        const MakeEdits& make, const EstimatePicture& estimate, const TellHalved& told) {
  std::optional<Candidate> best;
  while (!seeds.empty()) {
    const auto first = seeds.first(std::min(seeds.size(), batch_size));
    const auto judged = [&](std::span<const std::uint64_t> batch) {
      auto pictures = make(batch);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        auto intensities = estimate(pictures[i]);
        const double distance = au_distance(intensities, intended);
        if (best && distance >= best->distance) continue;
        best = Candidate{std::move(pictures[i]), {batch.begin(), batch.end()}, i, std::move(intensities), distance};
      }
    };
    // Without one of its seeds the best isn't known.
    const auto failed = [](std::uint64_t, const std::exception&) { throw; };
    make_or_halve<std::uint64_t>(first, judged, failed, told);
    seeds = seeds.subspan(first.size());
  }
  return std::move(*best);
}

}  // namespace magicface::app
