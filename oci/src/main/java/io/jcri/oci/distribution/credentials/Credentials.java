package io.jcri.oci.distribution.credentials;

import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a user gave to authenticate with (CRI {@code AuthConfig}); empty strings are unset. {@link
 * #toString} hides it all.
 *
 * @param auth base64 of {@code username:password}, used when username and password are empty
 * @param identityToken trades for an access token at the registry's token server
 * @param registryToken sent as it is to the registry as bearer token
 * @param serverAddress the registry that these are for; empty: the registry of the reference they
 *     come with
 */
public record Credentials(
    String username,
    String password,
    String auth,
    String identityToken,
    String registryToken,
    String serverAddress) {

  private static final Credentials ANONYMOUS = new Credentials("", "", "", "", "", "");

  public static Credentials anonymous() {
    return ANONYMOUS;
  }

  public static Credentials of(String username, String password) {
    return new Credentials(username, password, "", "", "", "");
  }

  public boolean isAnonymous() {
    return username.isEmpty()
        && password.isEmpty()
        && auth.isEmpty()
        && identityToken.isEmpty()
        && registryToken.isEmpty();
  }

  /**
   * The value of an {@code Authorization: Basic} header without the scheme, when there is a name
   * and password.
   */
  public Optional<String> basic() {
    if (!username.isEmpty() || !password.isEmpty()) {
      return Optional.of(encode(username + ":" + password));
    }
    return auth.isEmpty() ? Optional.empty() : Optional.of(encode(decodedAuth()));
  }

  private String decodedAuth() {
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(auth.strip());
    } catch (IllegalArgumentException e) {
      // No cause: the decoder's message quotes the secret.
      throw malformed("is not base64");
    }
    String pair = new String(decoded, StandardCharsets.UTF_8);
    if (pair.indexOf(':') < 0) {
      throw malformed("holds no colon");
    }
    // Old docker clients padded the password with NUL.
    return pair.replaceAll("\0+$", "");
  }

  private static OciException malformed(String why) {
    return new OciException(
        OciException.Kind.INVALID, "bad registry credentials: the field auth " + why);
  }

  private static String encode(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return isAnonymous() ? "Credentials[anonymous]" : "Credentials[hidden]";
  }
}
