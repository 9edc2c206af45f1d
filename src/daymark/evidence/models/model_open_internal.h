// Files below a folder, opened without following any link.
#pragma once

#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "daymark/evidence/models/model_files.h"

namespace daymark::evidence {

/// An open file or folder.
class Descriptor {
 public:
  explicit Descriptor(int file) : file_(file) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  Descriptor(Descriptor&& other) noexcept : file_(other.file_) { other.file_ = -1; }

  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }

  ~Descriptor() {
    if (file_ >= 0) ::close(file_);
  }

  [[nodiscard]] int get() const { return file_; }

  [[nodiscard]] bool is_open() const { return file_ >= 0; }

 private:
  int file_;
};

[[nodiscard]] ModelFile model_file_of(const struct stat& status, std::string name);

/// Opens part after part. Errors: errc::model_symlink, errc::model_missing.
[[nodiscard]] Outcome<Descriptor> open_beneath(const std::string& folder, const std::string& name);

}  // namespace daymark::evidence
