using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using TPacket.Client;
using TPacket.Docs.Tests.Tutorial;

namespace TPacket.Docs.Tests;

/// <summary>The program of docs/tutorial-rules.md runs, and its page is the sample's. TPacket.Packages.Tests follows the tutorial with the packages.</summary>
public class TutorialTests
{
    private const int Poll = 256;

    [Fact]
    public async Task The_pages_poll_keeps_its_votes_after_a_restart()
    {
        foreach (var file in Directory.GetFiles(Directory.GetCurrentDirectory(), "poll.db*"))
            File.Delete(file);

        await ServeAsync(static async server =>
        {
            await using var alice = await EnterAsync(server, "alice");
            await alice.AppendAsync(new Packet(Poll, """{"Choice":0}"""));
        });
        await ServeAsync(static async server =>
        {
            await using var bob = await EnterAsync(server, "bob");
            var events = bob.ReadEventsAsync();
            await bob.AppendAsync(new Packet(Poll, """{"Choice":1}"""));
            await foreach (var received in events.OfType<PacketReceived>())
            {
                var ballot = Encoding.UTF8.GetString(received.Packet.Data.Span);
                if (ballot.Contains("bob", StringComparison.Ordinal))
                {
                    Assert.Contains("""{"Votes":{"alice":0,"bob":1},""", ballot, StringComparison.Ordinal);
                    break;
                }
            }
        });
    }

    [Theory]
    [InlineData("html", "index.html")]
    [InlineData("js", "poll.js")]
    public void The_pages_files_are_the_samples(string language, string file)
    {
        var block = Regex.Match(Pages.Read("docs/tutorial-rules.md"), $@"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "poll", file)).ReplaceLineEndings("\n"), block.Groups[1].Value);
    }

    private static async Task<TPacketClient> EnterAsync(Uri server, string nick)
    {
        var client = new TPacketClient(server, new TPacketClientOptions { AcceptedCommands = [(Poll, Poll)] });
        await client.ConnectAsync(nick, "tea");
        return client;
    }

    private static async Task ServeAsync(Func<Uri, Task> talk)
    {
        var talked = Task.CompletedTask;
        await PollTutorial.RunAsync(["--urls=http://127.0.0.1:0", "--Poll:Seconds=3600"], app => app.Lifetime.ApplicationStarted.Register(() => talked = TalkAsync(app))).WaitAsync(TimeSpan.FromMinutes(1));
        await talked;

        async Task TalkAsync(WebApplication app)
        {
            try
            {
                await talk(new UriBuilder(app.Urls.Single()) { Scheme = "ws", Path = "/rooms" }.Uri).WaitAsync(TimeSpan.FromMinutes(1));
            }
            finally
            {
                app.Lifetime.StopApplication();
            }
        }
    }
}
