using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Hosting;

/// <summary>
/// Finds the classes of which the server creates one instance: their constructors take only singletons, directly or through
/// transient services. For any other class, the container throws only in Development, where it validates scopes;
/// in Production the single instance would share one scoped service, such as a DbContext, among all threads.
/// </summary>
/// <param name="descriptors">The host's services. Complete once the host is built.</param>
internal sealed class ServiceLifetimes(IServiceCollection descriptors)
{
    /// <summary>
    /// Returns whether an instance needs a scope: its type is registered as scoped or transient, or its constructor takes a service that is or may be scoped.
    /// </summary>
    public bool NeedsScope([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type) =>
        Find(type) is { } own ? own.Lifetime != ServiceLifetime.Singleton : TakesScoped(type, []);

    /// <summary>Returns whether the host has registered the type.</summary>
    public bool IsRegistered(Type type) => Find(type) is not null;

    private ServiceDescriptor? Find(Type type) => descriptors.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == type);

    private bool TakesScoped([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, HashSet<Type> seen) =>
        seen.Add(type) && type.GetConstructors().SelectMany(static constructor => constructor.GetParameters()).Any(parameter => IsScoped(parameter, seen));

    private bool IsScoped(ParameterInfo parameter, HashSet<Type> seen)
    {
        var service = parameter.ParameterType;
        if (service.IsGenericType && service.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            service = service.GetGenericArguments()[0];
        var isKeyed = parameter.IsDefined(typeof(FromKeyedServicesAttribute));
        return descriptors.Where(descriptor => descriptor.IsKeyedService == isKeyed && Serves(descriptor, service)).Any(descriptor => descriptor.Lifetime switch
        {
            ServiceLifetime.Singleton => false,
            ServiceLifetime.Scoped => true,
            // A factory may take any service from its scope.
            _ => (isKeyed ? descriptor.KeyedImplementationType : descriptor.ImplementationType) is not { } implementation || TakesScoped(implementation, seen),
        });
    }

    private static bool Serves(ServiceDescriptor descriptor, Type service) =>
        descriptor.ServiceType == service || (service.IsGenericType && descriptor.ServiceType == service.GetGenericTypeDefinition());
}
