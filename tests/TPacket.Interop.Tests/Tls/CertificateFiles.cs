namespace TPacket.Interop.Tests.Tls;

/// <summary>The certificate and its key as files.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-interop-");

    public CertificateFiles()
    {
        File.WriteAllText(Certificate, TestCertificate.Pem);
        File.WriteAllText(Key, TestCertificate.KeyPem);
    }

    public string Certificate => Path.Combine(_folder.FullName, "certificate.pem");

    public string Key => Path.Combine(_folder.FullName, "key.pem");

    public void Dispose() => _folder.Delete(recursive: true);
}
