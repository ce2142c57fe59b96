"""The libraries of the sources that this recipe lies in, for Conan 2:

    conan create deploy/conan --build=missing
"""
import pathlib

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.system.package_manager import Apt


class Grapevine(ConanFile):
    name = "grapevine"
    version = "0.1.0"
    description = "A libp2p GossipSub node on the C++ Actor Framework"
    license = "Apache-2.0"
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    tool_requires = ("protobuf/<host_version>",)

    def requirements(self):
        # What the headers include.
        for needed in ("caf/[>=1.0 <2]", "libsodium/[>=1.0.18 <2]",
                       "spdlog/[>=1.10 <2]", "tl-expected/[>=1.1]"):
            self.requires(needed, transitive_headers=True)
        for needed in ("c-ares/[>=1.18 <2]", "openssl/[>=3 <4]",
                       "protobuf/[>=3.21 <4]", "re2/[>=20230301]",
                       "sqlite3/[>=3.40 <4]"):
            self.requires(needed)
        # Headers alone, for sources of the library.
        self.requires("nlohmann_json/[>=3.11 <4]", visible=False)

    def system_requirements(self):
        # Conan's own packages do not have it.
        Apt(self).install(["libsecp256k1-dev"], check=True)

    def export_sources(self):
        sources = pathlib.Path(self.recipe_folder).parent.parent
        for part in ("CMakeLists.txt", "LICENSE", "cmake/*", "proto/*",
                     "libp2p/*", "gossip/*", "messages/*", "actors/*",
                     "gateway/*", "client/*", "testing/*"):
            copy(self, part, sources, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for option, value in {"BUILD_APP": False, "BUILD_TESTS": False,
                              "INSTALL": True, "WERROR": False}.items():
            toolchain.cache_variables[f"GRAPEVINE_{option}"] = value
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder,
             pathlib.Path(self.package_folder) / "licenses")

    def package_info(self):
        # Grapevine's own configuration is what find_package finds.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/grapevine"]
