using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Interop.Tests.Tls;

/// <summary>A certificate for the loopback address that was made for this run, and vouches for itself.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Value { get; } = Create();

    public static string Pem => Value.ExportCertificatePem();

    public static string KeyPem => Value.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    /// <summary>What a browser calls its key.</summary>
    public static string KeyHash => Convert.ToBase64String(SHA256.HashData(Value.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Trusts this certificate, and no other.</summary>
    public static X509ChainPolicy Trust => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { Value },
    };

    /// <summary>For clients that are given a judgement instead of what to trust.</summary>
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
        // A key that exists in memory only is not accepted everywhere.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.Exportable);
    }
}
