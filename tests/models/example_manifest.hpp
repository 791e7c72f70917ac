// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace magicface::models {

/// The smallest manifest that is valid; tests break one field at a time.
inline nlohmann::json example_manifest() {
  const auto module = [](const std::string& file) {
    return nlohmann::json{{"file", file}, {"sha256", std::string(64, 'a')}, {"bytes", 3}};
  };
  return {{"format", 1},
          {"kind", "magicface"},
          {"name", "example"},
          {"version", "1.2"},
          {"licence", "Apache-2.0"},
          {"source", "a test"},
          {"image_size", 128},
          {"size_multiple", 64},
          {"latent", {{"channels", 4}, {"factor", 8}, {"scaling_factor", 0.5}}},
          {"au", {{"names", {"AU1", "AU12"}}, {"min", -10}, {"max", 10}}},
          {"schedule",
           {{"train_timesteps", 1000},
            {"beta_start", 0.00085},
            {"beta_end", 0.012},
            {"beta_schedule", "scaled_linear"},
            {"prediction_type", "epsilon"},
            {"steps_offset", 1},
            {"set_alpha_to_one", false}}},
          {"defaults", {{"sampler", "unipc"}, {"steps", 20}, {"guidance", 2.0}, {"seed", 424}}},
          {"modules",
           {{"vae_encoder", module("e.pt")},
            {"vae_decoder", module("d.pt")},
            {"id_encoder", module("i.pt")},
            {"denoiser", module("n.pt")}}}};
}

}  // namespace magicface::models
