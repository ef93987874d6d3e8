// A folder with a toy model, and servers over it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hostile/tenor_server.h"
#include "http/client.h"

namespace tenor::test {

class ServedTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // `tenor serve --model FOLDER/zh FLAGS`, in the place of the server of before; at any free port unless one is named.
  void start(std::vector<std::string> flags = {}, std::uint16_t port = 0);
  // The body of an answer with status 200, else nothing.
  std::string fetch(const std::string& path) const;
  // The value of a metric without labels; -1 where there is none.
  double metric(const std::string& name) const;
  // Two texts on a connection of their own are answered rightly.
  void expect_service() const;
  // False where it does not come true within half a minute.
  static bool wait_until(const std::function<bool()>& condition);

  std::filesystem::path root_;
  std::unique_ptr<hostile::TenorServer> server_;
};

}  // namespace tenor::test
