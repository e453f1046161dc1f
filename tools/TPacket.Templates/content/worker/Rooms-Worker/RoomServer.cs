namespace Rooms_Worker;

/// <summary>The server. By default it listens on ws://localhost:25021/.</summary>
internal static class RoomServer
{
    public static IHost Create(params string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer().AddCommand<RollCommand>(RollCommand.Number);
        builder.Services.AddOptions<AnnouncerOptions>()
            .BindConfiguration("Announcer")
            .Validate(options => options.Period > TimeSpan.Zero, "Announcer:Period has to be above zero.")
            .ValidateOnStart();
        builder.Services.AddHostedService<Announcer>();
        return builder.Build();
    }
}
