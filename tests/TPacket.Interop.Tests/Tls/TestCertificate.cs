using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Interop.Tests.Tls;

/// <summary>A self-signed certificate for the loopback address, created for this run.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Value { get; } = Create();

    public static string Pem => Value.ExportCertificatePem();

    public static string KeyPem => Value.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    /// <summary>The hash of its key, as browsers take it on the command line.</summary>
    public static string KeyHash => Convert.ToBase64String(SHA256.HashData(Value.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Trusts this certificate, and no other.</summary>
    public static X509ChainPolicy Trust => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { Value },
    };

    /// <summary>Validates a certificate, for clients that take a callback instead of trusted certificates.</summary>
    public static bool IsIt(X509Certificate? certificate, SslPolicyErrors errors) =>
        errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors && certificate?.GetCertHashString() == Value.Thumbprint;

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        // Some systems do not accept an ephemeral key.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.Exportable);
    }
}
