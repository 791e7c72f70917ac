// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What `bundle.json` says (docs/bundle.md). Plain values: nothing here knows TorchScript, pictures or samplers.
namespace magicface::models {

/// A file of the bundle and what it must be.
struct FileEntry {
  std::string file;    ///< name inside the bundle's folder; never leaves it
  std::string sha256;  ///< 64 lower-case hexadecimal digits
  std::uintmax_t bytes = 0;
};

struct ModuleEntry {
  FileEntry file;
  int input_size = 0;  ///< side in pixels of a face module's square input; 0 where it doesn't apply
};

/// An ONNX face detector for one range of OpenCV versions.
struct DetectorEntry {
  FileEntry file;
  std::string opencv;  ///< "<4.8" or ">=4.8"
};

struct LatentSection {
  int channels = 4;
  int factor = 8;                   ///< pixels per latent cell and side
  double scaling_factor = 0.18215;  ///< sampling happens in latents times this; the decoder takes them divided by it
};

struct AuSection {
  std::vector<std::string> names;  ///< in the order of the denoiser's vector
  double min = -10;                ///< useful range of a variation; beyond it warns
  double max = 10;
  /// A variation of zeros asks for the portrait's own expression. As published it asks for any: the paper drops
  /// variations to zeros in training whatever the target shows (section III).
  bool zero_keeps_expression = false;
};

/// Names as in diffusers' scheduler configuration.
struct ScheduleSection {
  int train_timesteps = 1000;
  double beta_start = 0.00085;
  double beta_end = 0.012;
  std::string beta_schedule = "scaled_linear";
  std::string prediction_type = "epsilon";
  int steps_offset = 1;
  bool set_alpha_to_one = false;
  std::string timestep_spacing = "leading";  ///< of ddim and ddpm
  double timestep_shift = 1;                 ///< of trailing spacing, 1 .. 10
};

struct DefaultsSection {
  std::string sampler = "unipc";
  int steps = 50;
  double guidance = 1.5;
  std::uint64_t seed = 424;
  double noise_scale = 1;  ///< of the start noise
};

/// How the condition image is made from a crop, as published.
struct ConditionSection {
  std::vector<std::string> classes;  ///< the parser's class names by index
  std::vector<int> blanked;          ///< indices into `classes`
  int dilation = 0;                  ///< pixels at `image_size`
  double jaw_reach = 0;              ///< share of the jaw's width that the mask reaches below the neutral jaw
  int contour_points = 17;           ///< how many of the 17 jaw points are drawn, the middle ones
  std::vector<std::array<std::uint8_t, 3>> colours;  ///< RGB, one per jaw point
  int radius = 2;                                    ///< pixels of the canvas
  int canvas = 256;                                  ///< side of the aligned canvas in pixels
  std::array<std::array<double, 2>, 5> canvas_template{};
};

/// How a face module's input is cut from the picture.
struct AlignmentSection {
  std::string type = "box";  ///< box, five_point or ffhq_quad
  double box_fraction = 0;   ///< for `box`: the face box's width over the crop's side
};

struct Manifest {
  int format = 1;
  std::string kind, name, version, licence, source;
  int image_size = 512;
  int size_multiple = 64;
  LatentSection latent;
  AuSection au;
  ScheduleSection schedule;
  DefaultsSection defaults;
  std::optional<ConditionSection> condition;  ///< absent in a bundle without face modules
  double crop_box_fraction = 0.458;
  std::map<std::string, AlignmentSection> alignment;
  double attribute_controller_scale = 1;  ///< condition image's side over the portrait's (2 for the paper's stride 2)
  std::map<std::string, ModuleEntry> modules;
  std::vector<DetectorEntry> face_detectors;
};

/// Parses and checks a manifest. @throws BundleError naming the file, the field, expected and actual.
Manifest parse_manifest(const std::string& json, const std::string& file_name);
Manifest read_manifest(const std::filesystem::path& file);

}  // namespace magicface::models
