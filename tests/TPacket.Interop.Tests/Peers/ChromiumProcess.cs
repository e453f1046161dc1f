using System.Diagnostics;
using TPacket.Interop.Tests.Tls;
using Xunit.Abstractions;

namespace TPacket.Interop.Tests.Peers;

/// <summary>A headless browser with one page.</summary>
internal sealed class ChromiumProcess : IAsyncDisposable
{
    private static readonly string[] _places =
    [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/usr/lib/chromium/chromium", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ];

    private readonly DirectoryInfo _profile;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ChromiumProcess(Process process, DirectoryInfo profile)
    {
        _process = process;
        _profile = profile;
        _output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>Completes with the browser's output when the browser has ended.</summary>
    public Task<string> Ended => _errors;

    /// <summary>Finds the browser, or installs it where it can.</summary>
    public static Task<string> FindAsync(IMessageSink console) => Tool.FindOrInstallAsync(console, "chromium", _places);

    /// <param name="program">The path from <see cref="FindAsync"/>.</param>
    /// <param name="page">The address of the page.</param>
    /// <param name="more">Further arguments.</param>
    public static ChromiumProcess Start(string program, Uri page, params string[] more)
    {
        var profile = Directory.CreateTempSubdirectory("tpacket-chromium-");
        string[] arguments =
        [
            "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-breakpad", "--disable-dev-shm-usage",
            // Its sandbox does not work for root, nor in most containers.
            "--no-sandbox",
            $"--ignore-certificate-errors-spki-list={TestCertificate.KeyHash}",
            $"--user-data-dir={profile.FullName}", .. more, page.ToString(),
        ];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return new ChromiumProcess(Process.Start(start)!, profile);
    }

    /// <summary>Returns the address of the browser's DevTools protocol, if it was started with <c>--remote-debugging-port=0</c>.</summary>
    public async Task<Uri> FindDevToolsAsync(CancellationToken deadline)
    {
        var file = Path.Combine(_profile.FullName, "DevToolsActivePort");
        while (true)
        {
            // Two lines, port and path; the browser may be writing them.
            if (File.Exists(file) && await File.ReadAllLinesAsync(file, deadline) is [var port, var path])
                return new Uri($"ws://127.0.0.1:{port}{path}");
            if (_errors.IsCompleted)
                throw new InvalidOperationException($"The browser has ended: {await _errors}");
            await Task.Delay(20, deadline);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _output;
        await _errors;
        _process.Dispose();
        DeleteProfile();
    }

    // The browser's children may still be writing when it is gone.
    private void DeleteProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"{_profile.FullName} is left: {e.Message}");
        }
    }
}
