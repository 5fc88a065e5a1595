package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturePolicyTest {

  private static final String HEX =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource({
    "q.io/a/b:1, scope q.io/a/b:1",
    "q.io/a/b:2, scope q.io/a/b",
    "q.io/a/b@sha256:HEX, scope q.io/a/b@sha256:HEX",
    "q.io/a/c:1, scope q.io/a",
    "q.io/x:1, scope q.io",
    "q.io:5000/x:1, scope *.io",
    "s.e.com/x:1, scope *.e.com",
    "t.com/x:1, all registries",
  })
  void theMostPreciseScopeCounts(String image, String scope) {
    String reject = "[{\"type\":\"reject\"}]";
    String policy =
        """
        {"default":R,"transports":{"docker":{"":R,"q.io":R,"q.io/a":R,"q.io/a/b":R,"q.io/a/b:1":R,
         "q.io/a/b@sha256:HEX":R,"*.io":R,"*.e.com":R},"docker-daemon":{"":R}}}
        """
            .replace("R", reject)
            .replace("HEX", HEX);
    ImageReference reference = ImageReference.parse(image.replace("HEX", HEX));
    assertThat(PolicyTexts.parse(policy).rule(reference).scope())
        .isEqualTo(scope.replace("HEX", HEX));
  }

  @Test
  void withoutAScopeTheDefaultCounts() {
    SignaturePolicy policy =
        PolicyTexts.parse(
            """
            {"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{"q.io":[{"type":"reject"}]}}}
            """);
    assertThat(policy.rule(ImageReference.parse("busybox")).acceptsAnything()).isTrue();
    assertThat(policy.rule(ImageReference.parse("busybox")).scope()).isEqualTo("default");
    assertThat(policy.rule(ImageReference.parse("q.io/a")).acceptsAnything()).isFalse();
    assertThat(policy.nameless().acceptsAnything()).isTrue();
  }

  @Test
  void keysMayBeFilesOrPartOfThePolicy() {
    String data = Base64.getEncoder().encodeToString("pem".getBytes(StandardCharsets.UTF_8));
    SignaturePolicy policy =
        PolicyTexts.parse(
            """
            {"default":[{"type":"signedBy","keyType":"GPGKeys","keyPaths":["/a","/b"]},
                        {"type":"sigstoreSigned","keyDatas":["%s","%s"]}]}
            """
                .formatted(data, data));
    var gpg = (Requirement.SignedBy) policy.nameless().requirements().get(0);
    var sigstore = (Requirement.SigstoreSigned) policy.nameless().requirements().get(1);
    assertThat(gpg.keys().files()).containsExactly(Path.of("/a"), Path.of("/b"));
    assertThat(gpg.identity()).isEqualTo(new SignedIdentity.RepoDigestOrExact());
    assertThat(sigstore.keys().read())
        .extracting(key -> new String(key.content(), StandardCharsets.UTF_8))
        .containsExactly("pem", "pem");
  }

  /** What is known but not done here bars its own scope only. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'sigstoreSigned','fulcio':{'caPath':'/a'},'rekorPublicKeyPath':'/r'}",
        "{'type':'sigstoreSigned','pki':{'caRootsPath':'/a'}}",
        "{'type':'sigstoreSigned','keyPath':'/k','rekorPublicKeyPath':'/r'}",
        "{'type':'signedBy','keyType':'X509Certificates','keyPath':'/k'}",
        "{'type':'signedBaseLayer','baseLayerIdentity':{'type':'matchExact'}}",
      })
  void whatIsNotSupportedAcceptsNothing(String requirement) {
    SignaturePolicy policy =
        PolicyTexts.parse("{'default':[R]}".replace("R", requirement).replace('\'', '"'));
    assertThat(policy.nameless().requirements())
        .hasOnlyElementsOfType(Requirement.Unsupported.class);
    assertThat(policy.nameless().acceptsAnything()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | default must be a list",
        "{'default':[]} | default must be a list",
        "{'default':{}} | default must be a list",
        "{'default':[A],'default':[A]} | comes twice",
        "{'default':[A],'transports':{'docker':{'a':[A],'a':[A]}}} | comes twice",
        "{'default':[A],'more':1} | more is not known",
        "{'default':[{'type':'reject','type':'insecureAcceptAnything'}]} | comes twice",
        "{'default':[{'type':'reject','x':1}]} | default[0].x is not known",
        "{'default':[{'type':'nonsense'}]} | default[0].type is \"nonsense\"",
        "{'default':[{'Type':'reject'}]} | default[0].type is missing",
        "{'default':[A],'transports':{'docker':{'q.io':[]}}} | transports.docker.q.io must be",
        "{'default':[A],'transports':{'oci':{'':[{'type':'x'}]}}} | transports.oci.[0].type is",
        "{'default':[{'type':'signedBy','keyPath':'/k'}]} | keyType is missing",
        "{'default':[{'type':'signedBy','keyType':'Z','keyPath':'/k'}]} | keyType is \"Z\"",
        "{'default':[{'type':'signedBy','keyType':'GPGKeys'}]} | exactly one of keyPath",
        "{'default':[{'type':'signedBy','keyType':'GPGKeys','keyPath':'/k','keyData':'aa=='}]}"
            + " | exactly one of keyPath",
        "{'default':[{'type':'signedBy','keyType':'GPGKeys','keyData':'!'}]} | is not base64",
        "{'default':[{'type':'signedBy','keyType':'GPGKeys','keyDatas':['aa==']}]} | exactly one",
        "{'default':[{'type':'sigstoreSigned','keyPath':'/k','keyType':'GPGKeys'}]} | not known",
        "{'default':[{'type':'sigstoreSigned'}]} | exactly one of keyPath",
        "{'default':[S,'signedIdentity':{'type':'x'}}]} | signedIdentity.type is \"x\"",
        "{'default':[S,'signedIdentity':{'type':'matchExact','prefix':'a'}}]} | prefix is not known",
        "{'default':[S,'signedIdentity':{'type':'exactReference','dockerReference':'q.io/a'}}]}"
            + " | neither a tag",
        "{'default':[S,'signedIdentity':{'type':'remapIdentity','prefix':'lib','signedPrefix':'q.io'}}]}"
            + " | prefix must be a host",
        "{'default':[A]} x | malformed",
        "[] | it is not an object",
      })
  void whatIsWrongIsTold(String policy, String why) {
    String json =
        policy
            .replace("[S,", "[{'type':'sigstoreSigned','keyPath':'/k',")
            .replace("[A]", "[{'type':'insecureAcceptAnything'}]")
            .replace('\'', '"');
    assertThatThrownBy(() -> PolicyTexts.parse(json))
        .isInstanceOf(OciException.class)
        .hasMessageContaining(why)
        .extracting(e -> ((OciException) e).kind())
        .isEqualTo(OciException.Kind.INVALID);
  }

  @Test
  void aPolicyThatIsMadeToFillTheMemoryIsRefused() {
    String deep = "[".repeat(10_000);
    assertThatThrownBy(() -> PolicyTexts.parse("{\"default\":" + deep))
        .isInstanceOf(OciException.class);
    String wide = "{\"default\":[" + "[],".repeat(100_000) + "[]]}";
    assertThatThrownBy(() -> PolicyTexts.parse(wide))
        .hasMessageContaining("more than 65536 values");
  }
}
