using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TPacket.Transports.Tls;

/// <summary>Reads a server's certificate from files.</summary>
/// <param name="certificatePath">The path of a PEM file, or of a PKCS #12 file if there is no key file.</param>
/// <param name="keyPath">The path of the key's PEM file, or null.</param>
/// <param name="password">The password of the key or of the PKCS #12 file, or null.</param>
internal sealed class CertificateFiles(string certificatePath, string? keyPath, string? password)
{
    private const string EncryptedKey = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

    private string Names => keyPath is null ? $"'{certificatePath}'" : $"'{certificatePath}' with the key '{keyPath}'";

    /// <summary>Reads the files.</summary>
    /// <returns>A hash of their content.</returns>
    public byte[] Read(out (byte[] Certificate, byte[] Key) content)
    {
        content = (File.ReadAllBytes(certificatePath), keyPath is null ? [] : File.ReadAllBytes(keyPath));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content.Certificate);
        hash.AppendData(content.Key);
        return hash.GetHashAndReset();
    }

    /// <summary>Creates the certificate with its chain and key from the content of the files.</summary>
    /// <exception cref="CryptographicException">The content is not a usable certificate. The message names the files.</exception>
    public SslStreamCertificateContext Load((byte[] Certificate, byte[] Key) content)
    {
        try
        {
            var issuers = new X509Certificate2Collection();
            var certificate = keyPath is null ? LoadPfx(content.Certificate, issuers) : LoadPem(Encoding.UTF8.GetString(content.Certificate), Encoding.UTF8.GetString(content.Key), issuers);
            // Offline: a server does not download missing certificates of its chain from addresses that a file names.
            return SslStreamCertificateContext.Create(certificate, issuers, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CryptographicException($"The certificate {Names} cannot be used: {e.Message}", e);
        }
    }

    private X509Certificate2 LoadPem(string certificate, string key, X509Certificate2Collection issuers)
    {
        issuers.ImportFromPem(certificate);
        if (issuers.Count == 0)
            throw new CryptographicException("The file contains no certificate.");
        issuers[0].Dispose();
        issuers.RemoveAt(0);
        using var found = key.Contains(EncryptedKey, StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPem(certificate, key, password)
            : X509Certificate2.CreateFromPem(certificate, key);
        // On Windows, TLS cannot use a key that was never stored.
        return OperatingSystem.IsWindows()
            ? X509CertificateLoader.LoadPkcs12(found.Export(X509ContentType.Pkcs12), password: null)
            : new X509Certificate2(found);
    }

    private X509Certificate2 LoadPfx(byte[] content, X509Certificate2Collection issuers)
    {
        issuers.AddRange(X509CertificateLoader.LoadPkcs12Collection(content, password));
        var certificate = issuers.FirstOrDefault(static found => found.HasPrivateKey) ?? throw new CryptographicException("The file contains no certificate with a private key.");
        issuers.Remove(certificate);
        return certificate;
    }
}
