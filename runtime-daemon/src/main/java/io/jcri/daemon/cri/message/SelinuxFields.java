package io.jcri.daemon.cri.message;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.SELinuxOption;
import io.jcri.daemon.security.SelinuxOptions;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code SELinuxOption}, both ways; what is read is checked: nothing in it may break out of its
 * part of a label.
 */
public final class SelinuxFields {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{0,128}");
  private static final Pattern LEVEL = Pattern.compile("[A-Za-z0-9_.,:-]{0,256}");

  private SelinuxFields() {}

  public static Optional<SelinuxOptions> read(SELinuxOption option, String field) {
    check(NAME, option.getUser(), field + ".user");
    check(NAME, option.getRole(), field + ".role");
    check(NAME, option.getType(), field + ".type");
    check(LEVEL, option.getLevel(), field + ".level");
    return option.equals(SELinuxOption.getDefaultInstance())
        ? Optional.empty()
        : Optional.of(
            new SelinuxOptions(
                option.getUser(), option.getRole(), option.getType(), option.getLevel()));
  }

  static SELinuxOption message(SelinuxOptions label) {
    return SELinuxOption.newBuilder()
        .setUser(label.user())
        .setRole(label.role())
        .setType(label.type())
        .setLevel(label.level())
        .build();
  }

  private static void check(Pattern allowed, String text, String field) {
    if (!allowed.matcher(text).matches()) {
      throw invalid(field + " is \"" + text + "\", which is no part of an SELinux label");
    }
  }
}
