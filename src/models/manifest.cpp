// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/manifest.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "json_field.hpp"
#include "magicface/core/json_depth.hpp"
#include "magicface/core/text.hpp"

namespace magicface::models {
namespace {

constexpr int kSupportedFormat = 1;
constexpr std::uintmax_t kMostBytes = std::uintmax_t{16} << 20;
constexpr std::size_t kMostClasses = 256;  // class maps are bytes
constexpr double kLeastSpread = 0.02;      // of the canvas

FileEntry parse_file(const Field& field) {
  FileEntry entry{field.at("file").text(), field.at("sha256").text(),
                  static_cast<std::uintmax_t>(field.at("bytes").integer(0, std::int64_t{1} << 50))};
  const std::filesystem::path path(entry.file);
  // A manifest is input from outside: it may only name files of its own folder.
  if (entry.file.empty() || path.has_parent_path() || entry.file == "..") {
    field.at("file").fail("a file name inside the bundle's folder");
  }
  if (entry.sha256.size() != 64 || entry.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    field.at("sha256").fail("64 lower-case hexadecimal digits");
  }
  return entry;
}

LatentSection parse_latent(const Field& field) {
  return {static_cast<int>(field.at("channels").integer(1, 64)), static_cast<int>(field.at("factor").integer(1, 64)),
          field.at("scaling_factor").number(1e-6, 1e6)};
}

AuSection parse_au(const Field& field) {
  AuSection au;
  const auto names = field.at("names");
  for (std::size_t i = 0; i < names.size(); ++i) au.names.push_back(names.at(i).text());
  if (au.names.empty()) names.fail("at least one action unit");
  au.min = field.at("min").number(-1e3, 0);
  au.max = field.at("max").number(0, 1e3);
  if (field.has("zero_keeps_expression")) au.zero_keeps_expression = field.at("zero_keeps_expression").boolean();
  return au;
}

std::string one_of(const Field& field, const std::vector<std::string>& words) {
  const auto word = field.text();
  if (std::find(words.begin(), words.end(), word) == words.end()) field.fail("one of " + join(words, ", "));
  return word;
}

ScheduleSection parse_schedule(const Field& field) {
  ScheduleSection schedule;
  schedule.train_timesteps = static_cast<int>(field.at("train_timesteps").integer(2, 100000));
  schedule.beta_start = field.at("beta_start").number(1e-9, 1);
  schedule.beta_end = field.at("beta_end").number(schedule.beta_start, 1);
  schedule.beta_schedule = one_of(field.at("beta_schedule"), {"scaled_linear", "linear"});
  schedule.prediction_type = one_of(field.at("prediction_type"), {"epsilon", "v_prediction", "sample"});
  schedule.steps_offset = static_cast<int>(field.at("steps_offset").integer(0, 10));
  schedule.set_alpha_to_one = field.at("set_alpha_to_one").boolean();
  if (field.has("timestep_spacing"))
    schedule.timestep_spacing = one_of(field.at("timestep_spacing"), {"leading", "trailing"});
  if (field.has("timestep_shift")) {
    schedule.timestep_shift = field.at("timestep_shift").number(1, 10);
    if (schedule.timestep_spacing == "leading" && schedule.timestep_shift != 1) {
      field.at("timestep_shift").fail("1 (timestep_spacing is leading)");
    }
  }
  return schedule;
}

DefaultsSection parse_defaults(const Field& field) {
  return {one_of(field.at("sampler"), {"unipc", "ddim", "ddpm", "dpmpp_2m", "euler"}),
          static_cast<int>(field.at("steps").integer(1, 999)), field.at("guidance").number(0, 100),
          static_cast<std::uint64_t>(field.at("seed").integer(0, INT64_MAX)),
          field.has("noise_scale") ? field.at("noise_scale").number(0, 2) : 1};
}

ConditionSection parse_condition(const Field& field) {
  ConditionSection condition;
  const auto classes = field.at("classes");
  for (std::size_t i = 0; i < classes.size(); ++i) condition.classes.push_back(classes.at(i).text());
  if (condition.classes.size() > kMostClasses) classes.fail("at most " + std::to_string(kMostClasses) + " classes");
  const auto blanked = field.at("blanked");
  for (std::size_t i = 0; i < blanked.size(); ++i) {
    const auto found = std::find(condition.classes.begin(), condition.classes.end(), blanked.at(i).text());
    if (found == condition.classes.end()) blanked.at(i).fail("one of condition.classes");
    condition.blanked.push_back(static_cast<int>(found - condition.classes.begin()));
  }
  condition.dilation = static_cast<int>(field.at("dilation").integer(0, 1000));
  condition.jaw_reach = field.has("jaw_reach") ? field.at("jaw_reach").number(0, 2) : 0;
  condition.contour_points = static_cast<int>(field.at("contour_points").integer(0, 17));
  const auto colours = field.at("colours");
  if (colours.size() != 17) colours.fail("17 colours, one per jaw point");
  for (std::size_t i = 0; i < colours.size(); ++i) {
    const auto colour = colours.at(i);
    if (colour.size() != 3) colour.fail("[red, green, blue]");
    std::array<std::uint8_t, 3> rgb{};
    for (std::size_t c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(colour.at(c).integer(0, 255));
    condition.colours.push_back(rgb);
  }
  condition.radius = static_cast<int>(field.at("radius").integer(0, 100));
  condition.canvas = static_cast<int>(field.at("canvas").integer(8, 8192));
  const auto points = field.at("template");
  if (points.size() != 5) points.fail("five points");
  for (std::size_t i = 0; i < 5; ++i) {
    if (points.at(i).size() != 2) points.at(i).fail("[x, y]");
    for (std::size_t c = 0; c < 2; ++c) {
      condition.canvas_template[i][c] = points.at(i).at(c).number(-condition.canvas, 2 * condition.canvas);
    }
  }
  // A face is laid onto them: from points in one place there is no way to.
  const auto [left, right] =
      std::ranges::minmax(condition.canvas_template, {}, [](const auto& point) { return point[0]; });
  const auto [top, bottom] =
      std::ranges::minmax(condition.canvas_template, {}, [](const auto& point) { return point[1]; });
  if (right[0] - left[0] < condition.canvas * kLeastSpread || bottom[1] - top[1] < condition.canvas * kLeastSpread)
    points.fail("points of a face, apart from each other");
  return condition;
}

AlignmentSection parse_alignment(const Field& field) {
  AlignmentSection alignment;
  alignment.type = one_of(field.at("type"), {"box", "five_point", "ffhq_quad", "fan"});
  if (alignment.type == "box") alignment.box_fraction = field.at("box_fraction").number(0.01, 10);
  return alignment;
}

void parse_modules(const Field& field, Manifest& manifest) {
  for (const auto& [name, ignored] : field.json().items()) {
    const auto module = field.at(name);
    if (name == "face_detector") {
      const auto files = module.at("files");
      for (std::size_t i = 0; i < files.size(); ++i) {
        const auto range = one_of(files.at(i).at("opencv"), {"<4.8", ">=4.8"});
        for (const auto& other : manifest.face_detectors) {
          if (other.opencv == range) files.at(i).at("opencv").fail("each range once");
        }
        manifest.face_detectors.push_back({parse_file(files.at(i)), range});
      }
      continue;
    }
    const int input_size = module.has("input_size") && !module.at("input_size").json().is_null()
                               ? static_cast<int>(module.at("input_size").integer(0, 8192))
                               : 0;
    manifest.modules[name] = {parse_file(module), input_size};
  }
  for (const char* needed : {"vae_encoder", "vae_decoder", "id_encoder", "denoiser"}) {
    if (!manifest.modules.contains(needed)) field.at(needed);  // throws, naming the module
  }
}

}  // namespace

Manifest parse_manifest(const std::string& json, const std::string& file_name) {
  nlohmann::json document;
  if (nests_too_deep(json)) throw BundleError(file_name + ": not a manifest: its JSON nests too deep");
  try {
    document = nlohmann::json::parse(json);
  } catch (const nlohmann::json::exception& failure) {
    throw BundleError(file_name + ": not valid JSON (" + failure.what() + ")");
  }
  const Field root(document, file_name + ": ");
  if (!document.is_object()) root.fail("an object");
  Manifest manifest;
  manifest.format = static_cast<int>(root.at("format").integer(0, INT32_MAX));
  if (manifest.format != kSupportedFormat) {
    root.at("format").fail(
        "1, the only format that this version of magicface reads; export the bundle again or update magicface");
  }
  manifest.kind = one_of(root.at("kind"), {"magicface"});
  manifest.name = root.at("name").text();
  manifest.version = root.at("version").text();
  manifest.licence = root.at("licence").text();
  manifest.source = root.at("source").json().is_string() ? root.at("source").text() : root.at("source").json().dump();
  manifest.image_size = static_cast<int>(root.at("image_size").integer(8, 8192));
  manifest.size_multiple = static_cast<int>(root.at("size_multiple").integer(1, 1024));
  manifest.latent = parse_latent(root.at("latent"));
  manifest.au = parse_au(root.at("au"));
  manifest.schedule = parse_schedule(root.at("schedule"));
  manifest.defaults = parse_defaults(root.at("defaults"));
  if (root.has("condition")) manifest.condition = parse_condition(root.at("condition"));
  if (root.has("crop")) manifest.crop_box_fraction = root.at("crop").at("box_fraction").number(0.05, 2);
  if (root.has("alignment")) {
    for (const auto& [name, ignored] : root.at("alignment").json().items()) {
      manifest.alignment[name] = parse_alignment(root.at("alignment").at(name));
    }
  }
  if (root.has("attribute_controller")) {
    manifest.attribute_controller_scale = root.at("attribute_controller").at("scale").number(0.1, 16);
  }
  parse_modules(root.at("modules"), manifest);
  if (manifest.size_multiple % manifest.latent.factor != 0) {
    root.at("size_multiple").fail("a multiple of latent.factor (" + std::to_string(manifest.latent.factor) + ")");
  }
  if (manifest.image_size % manifest.size_multiple != 0) root.at("image_size").fail("a multiple of size_multiple");
  return manifest;
}

Manifest read_manifest(const std::filesystem::path& file) {
  std::error_code unknown;
  if (const auto size = std::filesystem::file_size(file, unknown); !unknown && size > kMostBytes) {
    throw BundleError(file.string() + ": not a manifest: expected at most " + std::to_string(kMostBytes) +
                      " bytes, got " + std::to_string(size));
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw BundleError(file.string() + ": can't be read; a bundle is a folder with a bundle.json");
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_manifest(text.str(), file.string());
}

}  // namespace magicface::models
