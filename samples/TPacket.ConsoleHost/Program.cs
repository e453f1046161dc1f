using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.ConsoleHost;
using TPacket.Samples;
using TPacket.Server;
using TPacket.Transports;

return await HostProgram.RunAsync(() =>
{
    // Finds appsettings.json beside the program, from any working directory.
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
    {
        Args = HostProgram.ReadOnce(args),
        ContentRootPath = AppContext.BaseDirectory,
    });
    var server = builder.Services.AddTPacketServer().AddHealthCheck();
    // Without Redis and without a file, rooms are in memory.
    if (!string.IsNullOrEmpty(builder.Configuration[$"{RedisOptions.SectionName}:{nameof(RedisOptions.Configuration)}"]))
        server.UseRedis().AddRedisHealthCheck();
    else if (!string.IsNullOrEmpty(builder.Configuration[$"{SqliteOptions.SectionName}:{nameof(SqliteOptions.Path)}"]))
        server.UseSqlite().AddSqliteHealthCheck();
    builder.Services.AddHostedService(static _ => new IdleMemoryTrimmer(static () => Transport.RentedBuffers));
    return builder.Build();
});
