using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Commands;

/// <summary>Registers handlers of any command, including reserved commands.</summary>
internal static class CommandServices
{
    public static void AddCommandHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, int command, CommandScope scope, bool inline)
        where THandler : class, ICommandHandler =>
        services.AddSingleton(new CommandRegistration(command, scope, inline, static parts => parts.Handler<THandler>()));
}
