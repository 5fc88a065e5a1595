package io.jcri.daemon.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.node.AppArmorFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded hosts with and without AppArmor; the program that loads profiles is a script. */
class AppArmorTest {
  private static final SecurityProfile DEFAULT =
      new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");

  @TempDir Path root;

  private final String profiles = "sys/kernel/security/apparmor/profiles";

  @Test
  void aHostWithoutItHasNoDefaultAndRefusesAnythingElse() throws IOException {
    AppArmor apparmor = apparmor();
    assertThat(apparmor.profile(DEFAULT, Optional.empty())).isEmpty();
    assertThat(
            apparmor.profile(
                new SecurityProfile(SecurityProfile.Type.UNCONFINED, ""), Optional.empty()))
        .isEmpty();
    assertThatThrownBy(() -> apparmor.profile(localhost("mine"), Optional.empty()))
        .hasMessage("AppArmor profile mine can't be applied: this node has no AppArmor");
    write("sys/module/apparmor/parameters/enabled", "N\n");
    assertThat(apparmor().profile(DEFAULT, Optional.empty())).isEmpty();
  }

  private AppArmor apparmor() throws IOException {
    return new AppArmor(AppArmorFacts.read(root), root);
  }

  @Test
  void aLocalhostProfileMustBeLoaded() throws IOException {
    enable();
    AppArmor apparmor = apparmor();
    assertThat(apparmor.profile(localhost("mine"), Optional.empty())).contains("mine");
    assertThatThrownBy(() -> apparmor.profile(localhost("min"), Optional.empty()))
        .hasMessage("AppArmor profile min is not loaded on this node");
    assertThatThrownBy(() -> apparmor.profile(localhost("other"), Optional.empty()))
        .hasMessageContaining("other is not loaded");
  }

  @Test
  void theDefaultIsLoadedOnceAndAgainWhenItIsGone() throws IOException {
    enable();
    parser(
        "for f; do :; done; cp \"$f\" ROOT/given; echo x >> ROOT/calls;"
            + " echo 'jcri-default (enforce)' >> ROOT/"
            + profiles);
    AppArmor apparmor = apparmor();
    assertThat(apparmor.profile(DEFAULT, Optional.empty())).contains("jcri-default");
    assertThat(apparmor.profile(DEFAULT, Optional.empty())).contains("jcri-default");
    assertThat(root.resolve("calls")).hasContent("x");
    assertThat(root.resolve("given")).content().contains("profile jcri-default flags=");
    write(profiles, "mine (enforce)\n");
    assertThat(apparmor.profile(DEFAULT, Optional.empty())).contains("jcri-default");
    assertThat(root.resolve("calls")).hasContent("x\nx");
  }

  @Test
  void whatTheParserSaysIsTold() throws IOException {
    enable();
    parser("echo 'syntax error in line 7'; exit 3");
    AppArmor apparmor = apparmor();
    assertThatThrownBy(() -> apparmor.profile(DEFAULT, Optional.empty()))
        .hasMessageContaining("jcri-default")
        .hasStackTraceContaining("ended with 3: syntax error in line 7");
  }

  @Test
  void withoutTheParserThereIsNoDefault() throws IOException {
    enable();
    assertThat(apparmor().profile(DEFAULT, Optional.empty())).isEmpty();
  }

  @Test
  void whatStandsForTheDefaultMustBeLoaded() throws IOException {
    assertThat(apparmor().profile(DEFAULT, Optional.of("mine"))).isEmpty();
    assertThat(apparmor().ofNode("mine")).isEmpty();
    enable();
    AppArmor apparmor = apparmor();
    assertThat(apparmor.profile(DEFAULT, Optional.of("mine"))).contains("mine");
    assertThat(apparmor.ofNode("mine")).contains("mine");
    assertThatThrownBy(() -> apparmor.profile(DEFAULT, Optional.of("other")))
        .hasMessage("AppArmor profile other is not loaded on this node");
  }

  private static SecurityProfile localhost(String name) {
    return new SecurityProfile(SecurityProfile.Type.LOCALHOST, name);
  }

  private void enable() throws IOException {
    write("sys/module/apparmor/parameters/enabled", "Y\n");
    write(profiles, "mine (enforce)\n/usr/bin/man (complain)\n");
  }

  private void parser(String script) throws IOException {
    Path program = write("sbin/apparmor_parser", "#!/bin/sh\n" + script.replace("ROOT", "" + root));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    return Files.writeString(path, text);
  }
}
