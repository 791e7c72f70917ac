// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/face_jobs.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>

#include "magicface/app/inputs.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/pipeline/engine.hpp"
#include "parse_pictures.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// Runs `work` for every input; what it throws about one picture fails that picture only.
JobResult for_each_input(const std::vector<std::string>& names, std::istream& list,
                         const std::function<void(const fs::path&)>& work) {
  JobResult result;
  for (const auto& input : expand_inputs(names, list)) {
    throw_if_cancelled();
    try {
      if (input.problem) throw ItemError(*input.problem);
      work(input.path);
      ++result.made;
    } catch (const UsageError&) {
      throw;
    } catch (const BundleError&) {
      throw;
    } catch (const std::exception& problem) {
      ++result.failed;
      const std::string text = problem.what();
      log::error(text.starts_with(input.path.string()) ? text : input.path.string() + ": " + text);
    }
  }
  return result;
}

std::string fixed3(double value) {
  char buffer[48];
  // The program never calls setlocale, so the decimal point is a point.
  std::snprintf(buffer, sizeof(buffer), "%.3f", value);
  return buffer;
}

std::string csv_quoted(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// "AU4" -> "AU04_r", OpenFace's spelling of an intensity.
std::string openface_column(const std::string& name) {
  std::string column = name;
  if (column.size() < 4) column.insert(2, "0");
  column += "_r";
  return column;
}

void write_estimate_header(const std::vector<std::string>& names, std::ostream& out) {
  out << "file,face,confidence,box_x,box_y,box_width,box_height";
  for (const auto& name : names) out << ',' << openface_column(name);
  out << '\n';
}

void write_estimate_row(const fs::path& path, std::size_t index, const face::Face& face, const std::vector<double>& aus,
                        std::ostream& out) {
  out << csv_quoted(path.string()) << ',' << index << ',' << fixed3(face.score);
  for (const float side : {face.box.x, face.box.y, face.box.width, face.box.height}) out << ',' << fixed3(side);
  for (const double au : aus) out << ',' << fixed3(au);
  out << std::endl;
}

Json estimate_json(const fs::path& path, std::size_t index, const face::Face& face, const std::vector<double>& aus,
                   const std::vector<std::string>& names, const std::optional<cv::Vec3d>& pose,
                   const std::vector<cv::Point2f>& landmarks) {
  Json object{{"file", path.string()}, {"face", index}, {"confidence", face.score}};
  object["box"] = {face.box.x, face.box.y, face.box.width, face.box.height};
  Json values = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) values[names[i]] = std::round(aus[i] * 1000) / 1000;
  object["au"] = values;
  object["pose"] = pose ? Json{{"pitch", (*pose)[0]}, {"yaw", (*pose)[1]}, {"roll", (*pose)[2]}} : Json(nullptr);
  Json points = Json::array();
  for (const auto& point : landmarks) points.push_back({point.x, point.y});
  object["landmarks"] = points;
  return object;
}

}  // namespace

JobResult run_estimate(const EstimateOptions& options, std::istream& list, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  pipeline::check_compute(options.compute);
  const auto& names = bundle->manifest().au.names;
  pipeline::FaceAnalyser faces(bundle, options.compute);
  if (!faces.can_estimate()) throw BundleError(bundle->label() + ": the bundle has no 'au_estimator'; use another bundle");
  bool header = !options.json;
  return for_each_input(options.inputs, list, [&](const fs::path& path) {
    const auto picture = image::read_picture(path, options.limits);
    const auto found = faces.detect(picture.rgb);
    if (found.empty()) throw ItemError("no face found; use a picture with a larger, uncovered face");
    if (std::exchange(header, false)) write_estimate_header(names, out);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto aus = faces.estimate_aus(picture.rgb, found[i]);
      if (options.json) {
        const auto json = estimate_json(path, i + 1, found[i], aus, names, faces.estimate_pose(picture.rgb, found[i]),
                                        faces.landmarks(picture.rgb, found[i]));
        out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
      } else {
        write_estimate_row(path, i + 1, found[i], aus, out);
      }
    }
  });
}

JobResult run_parse(const ParseOptions& options, std::istream& list, std::ostream& out) {
  const auto bundle = std::make_shared<const models::Bundle>(models::find_bundle(options.bundle));
  pipeline::check_compute(options.compute);
  pipeline::FaceAnalyser faces(bundle, options.compute);
  return for_each_input(options.inputs, list, [&](const fs::path& path) {
    const auto picture = image::read_picture(path, options.limits);
    const auto chosen = faces.choose(picture.rgb, options.face);
    std::error_code failure;
    fs::create_directories(options.out, failure);
    if (failure) throw ItemError(options.out.string() + ": the folder can't be made (" + failure.message() + ")");
    for (const auto& face : chosen) {
      for (const auto& warning : face.usability.warnings) log::warn(path.string() + ": " + warning);
      if (face.usability.problem) log::warn(path.string() + ": left out: " + *face.usability.problem);
      if (face.usability.problem) continue;
      const auto name = path.stem().string() + (chosen.size() > 1 ? "_face" + std::to_string(face.number) : "");
      for (const auto& [part, rgb] : parse_pictures(faces.analyse(picture.rgb, face.face, options.mask_policy))) {
        const auto target = options.out / (name + "_" + part + ".png");
        if (!options.overwrite && fs::exists(target)) {
          throw ItemError(target.string() + " exists; give --overwrite to replace it, or another --out");
        }
        write_file_atomically(target, image::encode_picture({rgb, {}}, {image::Format::png, {}, {}}));
        out << target.string() << std::endl;
      }
    }
  });
}

}  // namespace magicface::app
