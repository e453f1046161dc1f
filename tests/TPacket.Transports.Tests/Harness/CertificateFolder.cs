using System.Security.Cryptography.X509Certificates;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A temporary folder with a server's certificate.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tp-");

    public CertificateFolder() => Write(Certificate);

    public X509Certificate2 Certificate { get; private set; } = TestCertificates.CreateServer();

    public string CertificatePath => Path.Combine(_folder.FullName, "server.pem");

    public string KeyPath => Path.Combine(_folder.FullName, "server.key");

    public CertificateSource Open(TimeProvider? timeProvider = null) => CertificateSource.FromPem(CertificatePath, KeyPath, timeProvider: timeProvider);

    /// <summary>Replaces the certificate.</summary>
    public X509Certificate2 Renew()
    {
        Certificate = TestCertificates.CreateServer();
        Write(Certificate);
        return Certificate;
    }

    public string Add(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(X509Certificate2 certificate)
    {
        File.WriteAllText(CertificatePath, TestCertificates.ToPem(certificate));
        File.WriteAllText(KeyPath, TestCertificates.KeyToPem(certificate));
    }
}
