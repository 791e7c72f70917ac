// SPDX-License-Identifier: Apache-2.0
#include "eval_figures.hpp"

#include <cmath>

#include "magicface/core/error.hpp"

namespace magicface::app {

using measure::Figure;

const std::vector<FigureInfo>& figure_infos() {
  static const std::vector<FigureInfo> infos{
      {"au_mse", "AU MSE", true, Figure::mean, 3},
      {"identity_l2", "Identity L2", true, Figure::mean, 3},
      {"background_rmse", "Background RMSE", true, Figure::root_mean, 4},
      {"pose_rmse", "Head pose RMSE", true, Figure::root_mean, 4},
      {"direction", "Right direction", false, Figure::mean, 3},
      {"untouched", "Untouched AU change", true, Figure::mean, 3},
      {"psnr", "PSNR to truth", false, Figure::mean, 2},
      {"ssim", "SSIM to truth", false, Figure::mean, 4},
  };
  return infos;
}

const FigureInfo& figure_info(std::string_view key) {
  const auto name = key.substr(0, key.find('/'));
  for (const auto& info : figure_infos()) {
    if (name == info.key) return info;
  }
  throw UsageError("no figure is named '" + std::string(key) + "'");
}

std::string unit_key(const std::string& unit) { return "au_mse/" + unit; }

double value_of(const measure::Share& share, Figure kind) {
  const double mean = share.sum / share.count;
  return kind == Figure::root_mean ? std::sqrt(mean) : mean;
}

std::optional<double> PairFigures::value(std::string_view key) const {
  const auto found = shares.find(std::string(key));
  if (found == shares.end() || found->second.count <= 0) return std::nullopt;
  return value_of(found->second, figure_info(key).kind);
}

}  // namespace magicface::app
