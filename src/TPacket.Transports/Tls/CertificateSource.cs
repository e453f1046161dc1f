using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TPacket.Transports.Tls;

namespace TPacket.Transports;

/// <summary>
/// A server's certificate from files that are reloaded when they change. The next handshake uses a renewed certificate; open connections keep the old certificate. Thread-safe.
/// </summary>
/// <remarks>
/// The source checks the files when a handshake reads <see cref="Current"/>, at most once per <see cref="CheckPeriod"/>. It compares their content, so it also detects a changed symbolic link. If the
/// new files cannot be used, for example while they are being replaced one after the other, the source keeps the current certificate.
/// </remarks>
public sealed class CertificateSource : IDisposable
{
    private readonly CertificateFiles _files;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _checking = new();
    private SslStreamCertificateContext? _current;
    private byte[] _hash;
    private long _checked;

    private CertificateSource(CertificateFiles files, TimeProvider? timeProvider)
    {
        _files = files;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _hash = files.Read(out var content);
        _current = files.Load(content);
        _checked = _timeProvider.GetTimestamp();
    }

    /// <summary>The shortest time between two checks of the files: 1 second.</summary>
    public static TimeSpan CheckPeriod { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The callback for a renewed certificate. It runs on the thread of the handshake that reads <see cref="Current"/> and must not throw.</summary>
    public Action<X509Certificate2>? Reloaded { get; set; }

    /// <summary>
    /// The callback for changed files that cannot be used, once per change. It runs on the thread of the handshake that reads
    /// <see cref="Current"/> and must not throw.
    /// </summary>
    public Action<Exception>? ReloadFailed { get; set; }

    /// <summary>The last usable certificate with its chain and key. The source owns it.</summary>
    /// <exception cref="ObjectDisposedException">The source was disposed of.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            // While another thread checks the files, this thread uses the current certificate.
            if (_timeProvider.GetElapsedTime(Volatile.Read(ref _checked)) >= CheckPeriod && _checking.TryEnter())
            {
                try
                {
                    Check();
                }
                finally
                {
                    _checking.Exit();
                }
            }

            var current = Volatile.Read(ref _current);
            ObjectDisposedException.ThrowIf(current is null, this);
            return current;
        }
    }

    /// <summary>Loads a certificate from PEM files (RFC 7468).</summary>
    /// <param name="certificatePath">The file with the server's certificate, followed by the certificates of its issuers without the root.</param>
    /// <param name="keyPath">The file with the private key, which may also be the certificate's file.</param>
    /// <param name="password">The password of an encrypted key, or null.</param>
    /// <param name="timeProvider">The clock for <see cref="CheckPeriod"/>; null for the system's clock.</param>
    /// <exception cref="IOException">A file cannot be read. The message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not read a file. The message names it.</exception>
    /// <exception cref="CryptographicException">The files contain no usable certificate. The message names them.</exception>
    public static CertificateSource FromPem(string certificatePath, string keyPath, string? password = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificatePath);
        ArgumentException.ThrowIfNullOrEmpty(keyPath);
        return new CertificateSource(new CertificateFiles(certificatePath, keyPath, password), timeProvider);
    }

    /// <summary>Loads a certificate from a PKCS #12 file (.pfx, .p12) with its key and the certificates of its issuers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">The password of the file, or null.</param>
    /// <param name="timeProvider">The clock for <see cref="CheckPeriod"/>; null for the system's clock.</param>
    /// <exception cref="IOException">The file cannot be read. The message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not read the file. The message names it.</exception>
    /// <exception cref="CryptographicException">The file contains no usable certificate. The message names it.</exception>
    public static CertificateSource FromPfx(string path, string? password = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CertificateSource(new CertificateFiles(path, keyPath: null, password), timeProvider);
    }

    /// <summary>Releases the certificate. Open connections are not affected; later handshakes fail.</summary>
    public void Dispose()
    {
        lock (_checking)
        {
            if (Interlocked.Exchange(ref _current, null) is not { } current)
                return;
            foreach (var issuer in current.IntermediateCertificates)
                issuer.Dispose();
            current.TargetCertificate.Dispose();
        }
    }

    private void Check()
    {
        if (_current is null)
            return;
        Volatile.Write(ref _checked, _timeProvider.GetTimestamp());
        try
        {
            var hash = _files.Read(out var content);
            if (hash.AsSpan().SequenceEqual(_hash))
                return;
            _hash = hash;
            // The finalizer releases the old certificate, because handshakes may be using it.
            Volatile.Write(ref _current, _files.Load(content));
            Reloaded?.Invoke(_current.TargetCertificate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The files are missing or not readable. This is reported once, like unusable content; an empty hash marks that.
            if (_hash.Length == 0)
                return;
            _hash = [];
            ReloadFailed?.Invoke(e);
        }
        catch (CryptographicException e)
        {
            ReloadFailed?.Invoke(e);
        }
    }
}
