using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

internal sealed class QuizOptions
{
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromSeconds(20);
}

internal static class Settings
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: settings-section
        services.AddTPacketServer().AddSettingsSection("Quiz");
        services.AddOptions<QuizOptions>().Configure<IServiceProvider>(static (options, services) =>
        {
            if (TPacketSettings.Open<QuizOptions>(services, "TPacket:Quiz") is { } section)
                section.Bind(options);
        }).ValidateOnStart();
        // end-snippet
    }
}
