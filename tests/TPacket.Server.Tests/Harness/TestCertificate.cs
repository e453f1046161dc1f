using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Server.Tests.Harness;

/// <summary>A certificate for localhost in files of its own, signed by itself.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket").FullName;

    public TestCertificate() => Issue("localhost");

    public string PemPath => Path.Combine(_folder, "server.pem");

    public string KeyPath => Path.Combine(_folder, "server.key");

    public string PfxPath => Path.Combine(_folder, "server.pfx");

    public string SocketPath => Path.Combine(_folder, "socket");

    /// <summary>Replaces the files by a new certificate.</summary>
    public void Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(PemPath, certificate.ExportCertificatePem());
        File.WriteAllBytes(PfxPath, certificate.Export(X509ContentType.Pkcs12, "secret"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
