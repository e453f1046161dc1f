using Packet = TPacket.Packages.Tests.PacketClient.Packet;

namespace TPacket.Packages.Tests;

/// <summary>The templates build, pass their tests and run.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed class TemplatesTests(InstalledTemplates templates) : IClassFixture<InstalledTemplates>, IDisposable
{
    private const int Nop = 0, SetUserNick = 1, RespOk = 3;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));

    // A project's name may be no valid namespace.
    [Theory]
    [InlineData("tpacket-chat", "my-chat", "--urls=http://127.0.0.1:0", "Now listening on: http://", "/chat")]
    [InlineData("tpacket-worker", "Acme.Rooms", "--TPacket:Port=0", "Listening on ", "")]
    [InlineData("tpacket-game", "2-players", "--urls=http://127.0.0.1:0", "Now listening on: http://", "/rooms")]
    public async Task A_template_builds_without_a_warning_passes_its_own_tests_and_runs(string template, string name, string argument, string marker, string path)
    {
        await templates.NewAsync(_deadline.Token, template, "-o", name);
        var output = await Dotnet.RunAsync(Path.Combine(templates.Folder, name), _deadline.Token, "test", "-p:TreatWarningsAsErrors=true", "-p:NuGetAudit=false");
        Assert.Contains("Passed!", output, StringComparison.Ordinal);

        var project = Path.Combine(templates.Folder, name, name);
        var (process, address) = await Dotnet.ListenAsync(project, marker, _deadline.Token, Path.Combine("bin", "Debug", "net10.0", $"{name}.dll"), argument);
        try
        {
            await SignInAsync(address.TrimEnd('.') + path);
            if (path.Length > 0)
                await LoadPageAsync(new Uri($"http://{address}/"));
        }
        finally
        {
            await Dotnet.StopAsync(process);
        }
    }

    public void Dispose() => _deadline.Dispose();

    private async Task SignInAsync(string endPoint)
    {
        using var client = new PacketClient(_deadline.Token);
        await client.ConnectAsync(endPoint);
        await client.SendAsync(0x1000, Nop, "magic string :)");
        await client.SendAsync(0x1001, SetUserNick, "alice");
        Assert.Equal(new Packet(0x1001, RespOk, 0, ""), await client.ReceiveAsync());
    }

    /// <summary>Loads the page, its module and the client that the module imports.</summary>
    private async Task LoadPageAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var page = await http.GetStringAsync("", _deadline.Token);
        var module = page.Split("src=\"")[1].Split('"')[0];
        Assert.Contains("from './tpacket-client.min.js'", await http.GetStringAsync(module, _deadline.Token), StringComparison.Ordinal);
        Assert.Contains("TPacketClient", await http.GetStringAsync("tpacket-client.min.js", _deadline.Token), StringComparison.Ordinal);
    }
}
