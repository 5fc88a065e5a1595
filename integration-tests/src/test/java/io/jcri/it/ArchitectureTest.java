package io.jcri.it;

<<<<<<< HEAD
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
=======
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
>>>>>>> main

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
<<<<<<< HEAD
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md: who may know whom. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.jcri");

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Test
  void theContractKnowsNothing() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri.cri.v1..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.jcri.daemon..",
                "io.jcri.oci..",
                "io.jcri.shim..",
                "io.jcri.cni..",
                "io.jcri.sandbox.."));
  }

  @Test
  void ociUsesOnlySystemCallsOfOthers() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri.oci..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.jcri.daemon..",
                "io.jcri.shim..",
                "io.jcri.cni..",
                "io.jcri.cri..",
                "io.jcri.sandbox",
                "io.grpc.."));
  }

  @Test
  void theShimsClientUsesOnlySystemCallsOfOthers() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri.shim..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.jcri.daemon..",
                "io.jcri.oci..",
                "io.jcri.cni..",
                "io.jcri.cri..",
                "io.jcri.sandbox",
                "io.grpc.."));
  }

  @Test
  void cniKnowsNobody() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri.cni..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.jcri.daemon..",
                "io.jcri.oci..",
                "io.jcri.shim..",
                "io.jcri.cri..",
                "io.jcri.sandbox..",
                "io.grpc.."));
=======
import org.junit.jupiter.api.Test;

/** Which module may know which, as ARCHITECTURE.md tells it. */
class ArchitectureTest {
  private static final String CRI = "io.jcri.cri..";
  private static final String SANDBOX = "io.jcri.sandbox..";
  private static final String OCI = "io.jcri.oci..";
  private static final String SHIM = "io.jcri.shim..";
  private static final String CNI = "io.jcri.cni..";
  private static final String DAEMON = "io.jcri.daemon..";
  private static final String TESTS = "io.jcri.it..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.jcri");

  @Test
  void theContractKnowsNobody() {
    forbid(CRI, SANDBOX, OCI, SHIM, CNI, DAEMON, TESTS);
>>>>>>> main
  }

  @Test
  void theSandboxKnowsNobody() {
<<<<<<< HEAD
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri.sandbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.jcri.daemon..",
                "io.jcri.oci..",
                "io.jcri.shim..",
                "io.jcri.cni..",
                "io.jcri.cri..",
                "io.grpc.."));
  }

  @Test
  void criMessagesStayAtTheEdge() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri.daemon..")
            .and()
            .resideOutsideOfPackages("io.jcri.daemon.cri..", "io.jcri.daemon.selftest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.jcri.cri.v1..", "io.grpc.."));
  }

  @Test
  void oneClassKnowsGrpcsShadedNetty() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri..")
            .and()
            .doNotHaveFullyQualifiedName("io.jcri.daemon.cri.CriServer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc.netty.shaded.."));
  }

  @Test
  void systemCallsHaveOneHome() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.jcri..")
            .and()
            .resideOutsideOfPackage("io.jcri.sandbox.linux..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.foreign.Linker"));
  }

  @Test
  void jsonLibraryIsHidden() {
    check(
        classes()
            .that()
            .dependOnClassesThat()
            .resideInAPackage("com.google.gson..")
            .should()
            .haveSimpleNameStartingWith("Json")
            .orShould()
            .resideInAPackage("com.google.gson.."));
  }

  @Test
  void packagesOfTheDaemonHaveNoCycles() {
    check(slices().matching("io.jcri.daemon.(*)..").should().beFreeOfCycles());
  }

  @Test
  void packagesOfOciHaveNoCycles() {
    check(slices().matching("io.jcri.oci.(*)..").should().beFreeOfCycles());
=======
    forbid(SANDBOX, CRI, OCI, SHIM, CNI, DAEMON, TESTS);
  }

  @Test
  void imagesKnowOnlySystemCalls() {
    forbid(OCI, CRI, SHIM, CNI, DAEMON, TESTS, "io.jcri.sandbox");
  }

  @Test
  void theShimsClientKnowsOnlySystemCalls() {
    forbid(SHIM, CRI, OCI, CNI, DAEMON, TESTS, "io.jcri.sandbox");
  }

  @Test
  void networksKnowNobody() {
    forbid(CNI, CRI, SANDBOX, OCI, SHIM, DAEMON, TESTS);
  }

  @Test
  void theDaemonDoesNotKnowItsTests() {
    forbid(DAEMON, TESTS, "jnr..");
  }

  @Test
  void onlyTheDaemonSpeaksGrpc() {
    noClasses()
        .that()
        .resideInAnyPackage(SANDBOX, OCI, SHIM, CNI)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.netty..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static void forbid(String module, String... others) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .allowEmptyShould(true)
        .check(CLASSES);
>>>>>>> main
  }
}
