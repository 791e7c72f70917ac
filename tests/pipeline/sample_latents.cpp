// SPDX-License-Identifier: Apache-2.0
// sample_latents BUNDLE FOLDER SAMPLER STEPS EDIT GUIDANCE SIDE
// The program's own loop (guided denoiser, sampler) on given numbers, so that tests/scripts/test_parity_latents.py can
// compare latents: FOLDER holds raw float32 portrait, condition, initial_noise, step_noise, au; `latent` and
// `timesteps` (float64) are written there.
#include <ATen/ATen.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "guided_denoise.hpp"
#include "magicface/diffusion/sampler.hpp"
#include "magicface/models/bundle.hpp"
#include "magicface/models/compute.hpp"
#include "manifest_specs.hpp"

namespace {

at::Tensor read(const std::filesystem::path& file, at::IntArrayRef shape) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
  return at::from_blob(bytes.data(), {static_cast<std::int64_t>(bytes.size() / sizeof(float))}, at::kFloat)
      .clone()
      .view(shape);
}

void write(const std::filesystem::path& file, const void* data, std::size_t bytes) {
  std::ofstream(file, std::ios::binary).write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace magicface;
  if (argc != 8) return EXIT_FAILURE;
  const std::filesystem::path folder = argv[2];
  const std::int64_t side = std::atoi(argv[7]);
  const c10::InferenceMode inference;
  const models::Bundle bundle(argv[1]);
  const models::DiffusionModel model(bundle, models::resolve_placement("cpu", "float32"));
  const auto reference = model.reference(read(folder / "portrait", {1, 4, side, side}));
  const auto attribute = model.attribute(read(folder / "condition", {1, 4, side, side}));
  const auto noise = read(folder / "step_noise", {-1, 1, 4, side, side});
  const auto au = read(folder / "au", {-1, 12}).narrow(0, std::atoi(argv[5]), 1);
  const auto denoise = pipeline::guided_denoise(model, attribute, reference, au, std::atof(argv[6]));
  const diffusion::SamplerOptions options{diffusion::sampler_from_name(argv[3]), std::atoi(argv[4])};
  const auto sampler = diffusion::make_sampler(options, pipeline::noise_schedule_of(bundle.manifest().schedule));
  auto x = read(folder / "initial_noise", {1, 4, side, side}) * sampler->initial_sigma();
  for (int i = 0, draws = 0; i < sampler->steps(); ++i) {
    const auto output = denoise(sampler->scale_model_input(x, i), sampler->timesteps()[static_cast<std::size_t>(i)]);
    x = sampler->step(output, i, x, sampler->needs_noise(i) ? noise[draws++] : at::Tensor()).previous_sample;
  }
  const auto latent = x.contiguous();
  write(folder / "latent", latent.const_data_ptr<float>(), static_cast<std::size_t>(latent.nbytes()));
  write(folder / "timesteps", sampler->timesteps().data(), sampler->timesteps().size() * sizeof(double));
  return EXIT_SUCCESS;
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return EXIT_FAILURE;
}
