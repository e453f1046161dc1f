using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Transports.Tests.Harness;

/// <summary>Certificates of the tests' own authority.</summary>
internal static class TestCertificates
{
    public const string Host = "server.test";

    private static readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset _to = DateTimeOffset.UtcNow.AddDays(30);

    public static X509Certificate2 Root { get; } = CreateRoot();

    public static X509Certificate2 Issuer { get; } = CreateIssuer();

    /// <summary>Creates a certificate with its key, issued by <see cref="Issuer"/>.</summary>
    public static X509Certificate2 CreateServer(string host = Host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(Issuer, _from, _to, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Returns the certificate and its issuer in the format of a server's file.</summary>
    public static string ToPem(X509Certificate2 certificate) => $"{certificate.ExportCertificatePem()}\n{Issuer.ExportCertificatePem()}\n";

    public static string KeyToPem(X509Certificate2 certificate, string? password = null)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000));
    }

    public static byte[] ToPfx(X509Certificate2 certificate, string? password = null) =>
        new X509Certificate2Collection { Issuer.Public(), certificate }.Export(X509ContentType.Pkcs12, password)!;

    private static X509Certificate2 Public(this X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawData);

    private static X509Certificate2 CreateRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Authority("CN=Test Root", key).CreateSelfSigned(_from.AddDays(-1), _to.AddDays(1));
    }

    private static X509Certificate2 CreateIssuer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Authority("CN=Test Issuer", key).Create(Root, _from, _to, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request;
    }
}
