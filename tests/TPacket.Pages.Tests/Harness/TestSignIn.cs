using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Interop.Tests;

namespace TPacket.Pages.Tests.Harness;

/// <summary>The sample of accounts as a process, with tokens that live for a second or two, behind a relay that cuts connections.</summary>
internal sealed class TestSignIn : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-sign-in-");
    private Process? _process;
    private Relay? _relay;

    /// <summary>The page's address.</summary>
    public Uri Page => new($"http://{_relay!.EndPoint}/");

    public static async Task<TestSignIn> StartAsync()
    {
        var app = new TestSignIn();
        try
        {
            await app.RunAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends all connections.</summary>
    public void Cut() => _relay!.Cut();

    /// <summary>Returns when every token of before this call has expired: a token that is issued now is refused then.</summary>
    public async Task TokensExpireAsync()
    {
        using var deadline = Deadline.Start();
        using var browser = new HttpClient { BaseAddress = Page };
        using var signedIn = await browser.PostAsJsonAsync("sign-in", new { name = "bob", password = "builder" }, deadline.Token);
        using var issued = await browser.PostAsync("token", null, deadline.Token);
        var token = (string)JsonNode.Parse(await issued.Content.ReadAsStringAsync(deadline.Token))!["token"]!;
        HttpStatusCode status;
        do
        {
            using var answer = await browser.GetAsync($"token-chat?access_token={token}", deadline.Token);
            status = answer.StatusCode;
        }
        while (status != HttpStatusCode.Unauthorized);
    }

    public async ValueTask DisposeAsync()
    {
        if (_relay is not null)
            await _relay.DisposeAsync();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task RunAsync()
    {
        using var deadline = Deadline.Start();
        // The tests lie in <artifacts>/bin/<project>/<configuration>.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(configuration.Parent!.Parent!.FullName, "SignIn", configuration.Name, "SignIn.dll");
        string[] arguments = [program, "--urls", "http://127.0.0.1:0", "--Tokens:Lifetime=00:00:02", $"--KeysPath={_folder.FullName}"];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true })!;
        string? line;
        do
            line = await _process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("The sample ended before it listened.");
        while (!line.Contains(Listening, StringComparison.Ordinal));
        _relay = Relay.Start(IPEndPoint.Parse(new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()).Authority));
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
    }
}
