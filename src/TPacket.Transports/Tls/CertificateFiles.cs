using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TPacket.Transports.Tls;

/// <summary>The files of a certificate.</summary>
/// <param name="certificatePath">PEM, or PKCS #12 where there is no key file.</param>
/// <param name="keyPath">PEM.</param>
/// <param name="password">The key's, or the PKCS #12 file's.</param>
internal sealed class CertificateFiles(string certificatePath, string? keyPath, string? password)
{
    private const string EncryptedKey = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

    private string Names => keyPath is null ? $"'{certificatePath}'" : $"'{certificatePath}' with the key '{keyPath}'";

    /// <summary>Reads the files.</summary>
    /// <returns>A hash of what is in them.</returns>
    public byte[] Read(out (byte[] Certificate, byte[] Key) content)
    {
        content = (File.ReadAllBytes(certificatePath), keyPath is null ? [] : File.ReadAllBytes(keyPath));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content.Certificate);
        hash.AppendData(content.Key);
        return hash.GetHashAndReset();
    }

    /// <summary>Makes a certificate of what was read.</summary>
    /// <exception cref="CryptographicException">That cannot be done; the message names the files.</exception>
    public SslStreamCertificateContext Load((byte[] Certificate, byte[] Key) content)
    {
        try
        {
            var issuers = new X509Certificate2Collection();
            var certificate = keyPath is null ? LoadPfx(content.Certificate, issuers) : LoadPem(Encoding.UTF8.GetString(content.Certificate), Encoding.UTF8.GetString(content.Key), issuers);
            // Offline: a server does not fetch what its chain lacks from addresses that a file names.
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
            throw new CryptographicException("There is no certificate in it.");
        issuers[0].Dispose();
        issuers.RemoveAt(0);
        using var found = key.Contains(EncryptedKey, StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPem(certificate, key, password)
            : X509Certificate2.CreateFromPem(certificate, key);
        // On Windows, keys that were never stored are of no use for TLS.
        return OperatingSystem.IsWindows()
            ? X509CertificateLoader.LoadPkcs12(found.Export(X509ContentType.Pkcs12), password: null)
            : new X509Certificate2(found);
    }

    private X509Certificate2 LoadPfx(byte[] content, X509Certificate2Collection issuers)
    {
        issuers.AddRange(X509CertificateLoader.LoadPkcs12Collection(content, password));
        var certificate = issuers.FirstOrDefault(static found => found.HasPrivateKey) ?? throw new CryptographicException("There is no certificate with a private key in it.");
        issuers.Remove(certificate);
        return certificate;
    }
}
