// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "magicface/core/error.hpp"

namespace magicface::models {

/// A JSON value that knows its path, so that every complaint names the field: "bundle.json: latent.factor: expected
/// ...".
class Field {
 public:
  Field(const nlohmann::json& value, std::string path) : value_(value), path_(std::move(path)) {}

  bool has(const std::string& key) const { return value_.is_object() && value_.contains(key); }
  Field at(const std::string& key) const {
    if (!value_.is_object()) fail("an object");
    if (!value_.contains(key)) throw BundleError(path_ + ": '" + key + "' is missing; export the bundle again");
    return {value_.at(key), path_ + (path_.ends_with(": ") ? "" : ".") + key};
  }
  Field at(std::size_t index) const { return {value_.at(index), path_ + "[" + std::to_string(index) + "]"}; }
  std::size_t size() const {
    if (!value_.is_array()) fail("a list");
    return value_.size();
  }
  const nlohmann::json& json() const { return value_; }

  std::string text() const {
    if (!value_.is_string()) fail("a text");
    return value_.get<std::string>();
  }
  bool boolean() const {
    if (!value_.is_boolean()) fail("true or false");
    return value_.get<bool>();
  }
  double number(double low, double high) const {
    if (!value_.is_number()) fail("a number");
    const double number = value_.get<double>();
    if (!(number >= low && number <= high)) fail("a number from " + bound(low) + " to " + bound(high));
    return number;
  }
  std::int64_t integer(std::int64_t low, std::int64_t high) const {
    const bool fits = value_.is_number_integer() && value_.get<double>() >= static_cast<double>(low) &&
                      value_.get<double>() <= static_cast<double>(high);
    if (!fits) fail("a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return value_.get<std::int64_t>();
  }
  [[noreturn]] void fail(const std::string& expected) const {
    auto actual = value_.dump();
    if (actual.size() > 60) actual = actual.substr(0, 60) + "...";
    throw BundleError(path_ + ": expected " + expected + ", got " + actual);
  }

 private:
  static std::string bound(double value) { return nlohmann::json(value).dump(); }
  const nlohmann::json& value_;
  std::string path_;
};

}  // namespace magicface::models
