// SPDX-License-Identifier: Apache-2.0
#include "manifest_specs.hpp"

#include <cmath>

namespace magicface::pipeline {

diffusion::NoiseScheduleConfig noise_schedule_of(const models::ScheduleSection& section) {
  diffusion::NoiseScheduleConfig config;
  config.train_timesteps = section.train_timesteps;
  config.beta_start = section.beta_start;
  config.beta_end = section.beta_end;
  config.beta_schedule = diffusion::beta_schedule_from_name(section.beta_schedule);
  config.prediction_type = diffusion::prediction_type_from_name(section.prediction_type);
  config.steps_offset = section.steps_offset;
  config.set_alpha_to_one = section.set_alpha_to_one;
  config.timestep_spacing = diffusion::timestep_spacing_from_name(section.timestep_spacing);
  config.timestep_shift = section.timestep_shift;
  return config;
}

face::ConditionSpec condition_spec_of(const models::ConditionSection& section, int image_size, int side) {
  face::ConditionSpec spec;
  spec.blanked_classes = section.blanked;
  spec.dilation = static_cast<int>(std::lround(static_cast<double>(section.dilation) * side / image_size));
  spec.jaw_reach = section.jaw_reach;
  spec.contour_points = section.contour_points;
  for (const auto& colour : section.colours) spec.colours.emplace_back(colour[0], colour[1], colour[2]);
  spec.radius = section.radius;
  spec.canvas = section.canvas;
  for (std::size_t i = 0; i < spec.canvas_template.size(); ++i) {
    spec.canvas_template[i] = {section.canvas_template[i][0], section.canvas_template[i][1]};
  }
  return spec;
}

}  // namespace magicface::pipeline
