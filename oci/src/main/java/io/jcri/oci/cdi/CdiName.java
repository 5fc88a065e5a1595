package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device's full name, {@code vendor.com/class=device}.
 *
 * @param vendor letters, digits, dot, dash and underscore; begins with a letter
 * @param kind the class, of the same letters
 * @param device the same and colons; may begin with a digit
 */
public record CdiName(String vendor, String kind, String device) {
  private static final String WORD = "[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
  private static final String DEVICE = "[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?";
  private static final Pattern KIND = Pattern.compile("(" + WORD + ")/(" + WORD + ")");
  private static final Pattern NAME = Pattern.compile(KIND + "=(" + DEVICE + ")");

  /**
   * Reads a name.
   *
   * @throws OciException INVALID
   */
  public static CdiName parse(String text) {
    Matcher matcher = NAME.matcher(text);
    if (!matcher.matches()) {
      throw new OciException(
          OciException.Kind.INVALID,
          "\"" + text + "\" is no name of a CDI device, which is vendor/class=device");
    }
    return new CdiName(matcher.group(1), matcher.group(2), matcher.group(3));
  }

  static boolean isKind(String text) {
    return KIND.matcher(text).matches();
  }

  static boolean isDevice(String text) {
    return text.matches(DEVICE);
  }

  @Override
  public String toString() {
    return vendor + "/" + kind + "=" + device;
  }
}
